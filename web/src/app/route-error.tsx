import { useTranslation } from "react-i18next";
import { useRouteError } from "react-router";
import { Page, PageHead } from "../components/page.tsx";
import { Empty, ErrorState } from "../components/states.tsx";

/** In place of a page that broke or could not be fetched. */
export function RouteError() {
  const error = useRouteError();
  return (
    <Page>
      <ErrorState error={error} onRetry={() => location.reload()} />
    </Page>
  );
}

/** In place of a page that there is not. */
export function NotFound() {
  const { t } = useTranslation();
  return (
    <Page head={<PageHead title={t("state.notFound")} />}>
      <Empty sentence={t("state.notFoundHint")} />
    </Page>
  );
}
