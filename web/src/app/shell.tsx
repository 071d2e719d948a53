import { useQuery } from "@tanstack/react-query";
import { Suspense } from "react";
import { useTranslation } from "react-i18next";
import { Navigate, Outlet, ScrollRestoration, useLocation } from "react-router";
import { OfflineBanner } from "../components/offline-banner.tsx";
import { ErrorState, PageSkeleton } from "../components/states.tsx";
import { useLive } from "../lib/live/live.ts";
import { sessionOptions, userOf } from "../lib/session.ts";
import { BottomBar } from "./bottom-bar.tsx";
import { KeyboardHelp } from "./keyboard-help.tsx";
import { Palette } from "./palette.tsx";
import style from "./shell.module.css";
import { Sidebar } from "./sidebar.tsx";

/** Only who is signed in is told what happens. */
function Follows() {
  useLive();
  return undefined;
}

/** The frame around every page: the menu at the left, on phones at the bottom. Without a session it leads to signing in. */
export function Shell() {
  const { t } = useTranslation();
  const { data: session, error, refetch } = useQuery(sessionOptions);
  const { pathname, search } = useLocation();
  if (session === undefined)
    return error === null ? (
      <PageSkeleton />
    ) : (
      <main className={style["alone"]}>
        <ErrorState error={error} onRetry={() => void refetch()} />
      </main>
    );
  if (!session.signedIn) {
    const to = encodeURIComponent(pathname + search);
    return <Navigate to={session.needsSetup ? "/setup" : `/login?to=${to}`} replace />;
  }
  return (
    <div className={style["shell"]}>
      <Follows />
      <a className={style["skip"]} href="#content">
        {t("skip")}
      </a>
      <Sidebar />
      <main id="content" className={style["content"]} tabIndex={-1}>
        <OfflineBanner />
        {/* Another tab may have signed in somebody else: what was typed here is not that one's to save. */}
        <Suspense key={userOf(session)} fallback={<PageSkeleton />}>
          <Outlet />
        </Suspense>
      </main>
      <BottomBar />
      <Palette />
      <KeyboardHelp />
      <ScrollRestoration />
    </div>
  );
}
