import { useTranslation } from "react-i18next";
import { Page, PageHead } from "../../components/page.tsx";

/** What happens now, and what needs somebody. */
export function Component() {
  const { t } = useTranslation("home");
  return (
    <Page head={<PageHead title={t("title")} />}>
      <p>{t("quiet")}</p>
    </Page>
  );
}
