import { queryOptions, useQuery } from "@tanstack/react-query";
import { request } from "./api.ts";

/** What a person may do; each role may do all that the ones before it may. */
export const ROLES = ["viewer", "operator", "editor", "administrator"] as const;
export type Role = (typeof ROLES)[number];

/** Who is signed in, and what the frame needs of the company. */
export interface Session {
  readonly name: string;
  readonly role: Role;
  readonly home: { readonly country: string; readonly timeZone: string };
  readonly features: readonly string[];
  readonly version?: string;
}

export const sessionOptions = queryOptions({
  queryKey: ["session"],
  queryFn: ({ signal }) => request<Session>("GET", "/session", { signal }),
  staleTime: 60_000,
});

/** Who is signed in; undefined while that is not known. */
export function useSession(): Session | undefined {
  return useQuery(sessionOptions).data;
}

/** Whether the person who is signed in may do what asks for at least this role. */
export function useMay(least: Role): boolean {
  const role = useSession()?.role ?? "viewer";
  return ROLES.indexOf(role) >= ROLES.indexOf(least);
}
