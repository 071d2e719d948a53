import { MantineProvider } from "@mantine/core";
import { hashKey, QueryClientProvider } from "@tanstack/react-query";
import { Suspense } from "react";
import { RouterProvider } from "react-router/dom";
import { Toasts } from "../components/toast.tsx";
import { whenSignedOut } from "../lib/api.ts";
import { setTimeZone } from "../lib/format.ts";
import { queryClient } from "../lib/query.ts";
import { sessionOptions } from "../lib/session.ts";
import { theme } from "../theme/theme.ts";
import { router } from "./router.tsx";

// Whatever page is open, also one without the menu: what it does without a session it knows by asking for that.
whenSignedOut(() => void queryClient.invalidateQueries(sessionOptions));
const ofSession = hashKey(sessionOptions.queryKey);
queryClient.getQueryCache().subscribe(({ type, query }) => {
  if (type !== "updated" || query.queryHash !== ofSession) return;
  const session = queryClient.getQueryData(sessionOptions.queryKey);
  if (session?.signedIn === true && session.home !== undefined) setTimeZone(session.home.timeZone);
});

/** The whole interface. */
export function App() {
  return (
    <MantineProvider
      theme={theme}
      defaultColorScheme="auto"
      withCssVariables={false}
      withGlobalClasses={false}
    >
      <QueryClientProvider client={queryClient}>
        <Suspense>
          <Toasts>
            <RouterProvider router={router} />
          </Toasts>
        </Suspense>
      </QueryClientProvider>
    </MantineProvider>
  );
}
