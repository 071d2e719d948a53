import { QueryClient } from "@tanstack/react-query";
import { ApiError } from "./api-error.ts";

const TRIES = 2;

/** What was asked of the server, kept and asked again. A refusal is an answer; only a server that was not reached is asked again. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      retry: (count, error) => count < TRIES && (!(error instanceof ApiError) || error.status === 0),
      refetchOnWindowFocus: true,
      // Loopback and company networks have no internet, and are reached all the same.
      networkMode: "always",
    },
    mutations: { networkMode: "always", retry: false },
  },
});
