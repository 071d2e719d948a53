declare module "virtual:routes" {
  const routes: Readonly<
    Record<string, readonly [method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE", path: string] | undefined>
  >;
  export default routes;
}
