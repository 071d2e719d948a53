import { queryOptions, useQuery } from "@tanstack/react-query";
import { request } from "./api.ts";

/** What a person may do; each role may do all that the ones before it may. */
export const ROLES = ["viewer", "operator", "editor", "administrator"] as const;
export type Role = (typeof ROLES)[number];

/** Who is signed in, and what the frame needs of the company. */
export interface SignedIn {
  readonly signedIn: true;
  readonly name: string;
  readonly role: Role;
  readonly via: "token" | "session" | "local";
  readonly secondFactor: boolean;
  readonly hasPassword: boolean;
  readonly mayResetPassword: boolean;
  /** Absent: nothing has been set up yet. */
  readonly home?: { readonly country: string; readonly timeZone: string } | undefined;
  readonly version: string;
}

/** How one may sign in. */
export interface SignedOut {
  readonly signedIn: false;
  readonly needsSetup: boolean;
  readonly openId?: { readonly label: string; readonly href: string } | undefined;
}

export const sessionOptions = queryOptions({
  queryKey: ["session"],
  queryFn: ({ signal }) => request<SignedIn | SignedOut>("GET", "/session", { signal }),
  staleTime: 60_000,
});

/** Who is signed in; undefined while nobody is, or it is not known. */
export function useSession(): SignedIn | undefined {
  const { data } = useQuery(sessionOptions);
  return data?.signedIn === true ? data : undefined;
}

/** Whether the person who is signed in may do what asks for at least this role. */
export function useMay(least: Role): boolean {
  const role = useSession()?.role ?? "viewer";
  return ROLES.indexOf(role) >= ROLES.indexOf(least);
}
