import { Suspense } from "react";
import { useTranslation } from "react-i18next";
import { Outlet, ScrollRestoration } from "react-router";
import { PageSkeleton } from "../components/states.tsx";
import { BottomBar } from "./bottom-bar.tsx";
import style from "./shell.module.css";
import { Sidebar } from "./sidebar.tsx";

/** The frame around every page: the menu at the left, on phones at the bottom. */
export function Shell() {
  const { t } = useTranslation();
  return (
    <div className={style["shell"]}>
      <a className={style["skip"]} href="#content">
        {t("skip")}
      </a>
      <Sidebar />
      <main id="content" className={style["content"]} tabIndex={-1}>
        <Suspense fallback={<PageSkeleton />}>
          <Outlet />
        </Suspense>
      </main>
      <BottomBar />
      <ScrollRestoration />
    </div>
  );
}
