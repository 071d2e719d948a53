import { queryOptions, useQuery } from "@tanstack/react-query";
import type { Role } from "../../../src/api/contract/role.ts";
import type { SignedInAnswer, sessionRoutes } from "../../../src/api/contract/session.ts";
import type { KindName } from "../../../src/model/entities/kinds.ts";
import { api } from "./api.ts";
import { leastRoleOf, ROLES } from "./roles.ts";

export const sessionOptions = queryOptions({
  queryKey: ["session"],
  queryFn: ({ signal }) => api<typeof sessionRoutes.get>("session.get", { signal }),
  staleTime: 60_000,
});

/** Who is signed in; undefined while nobody is, or it is not known. */
export function useSession(): SignedInAnswer | undefined {
  const { data } = useQuery(sessionOptions);
  return data?.signedIn === true ? data : undefined;
}

/** Whose is what a browser keeps of somebody: the user's id; of a token, which is no person, its name. */
export function userOf({ userId, name }: SignedInAnswer): string {
  return userId ?? name;
}

/** The same of who is signed in; undefined while nobody is. */
export function useUser(): string | undefined {
  const session = useSession();
  return session === undefined ? undefined : userOf(session);
}

/** Whether the password is not asked for again, as the server has it: there is none, or a one-time link was used. */
export function isTrusted({ mayResetPassword, hasPassword }: SignedInAnswer): boolean {
  return mayResetPassword || !hasPassword;
}

/** Whether the person who is signed in may do what asks for at least this role. */
export function useMay(least: Role): boolean {
  const role = useSession()?.role ?? "viewer";
  return ROLES.indexOf(role) >= ROLES.indexOf(least);
}

/** The company file in which alone the configuration is changed; undefined: it is changed here. */
export function useKeptIn(): SignedInAnswer["keptIn"] {
  return useSession()?.keptIn;
}

/** Whether the person who is signed in may save things of this kind, here and not in a company file. */
export function useMaySave(kind: KindName): boolean {
  const may = useMay(leastRoleOf(kind));
  return useKeptIn() === undefined && may;
}

/** The same of what makes, changes or removes things of several kinds at once. */
export function useMayChange(): boolean {
  const may = useMay("editor");
  return useKeptIn() === undefined && may;
}
