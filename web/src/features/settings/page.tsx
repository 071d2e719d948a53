import { useTranslation } from "react-i18next";
import { NavLink, useParams } from "react-router";
import { Page, PageHead } from "../../components/page.tsx";
import { ErrorState } from "../../components/states.tsx";
import { ApiError } from "../../lib/api-error.ts";
import { useMay } from "../../lib/session.ts";
import { Audit } from "./audit.tsx";
import { Backup } from "./backup.tsx";
import { CompanyFile } from "./company-file.tsx";
import { CompanySettings } from "./company-settings.tsx";
import { OpenId } from "./open-id.tsx";
import style from "./settings.module.css";
import { Tokens } from "./tokens.tsx";
import { Trash } from "./trash.tsx";
import { Users } from "./users.tsx";
import { You } from "./you.tsx";

const OPEN = ["you", "company", "security", "trash"] as const;
const FOR_ADMINISTRATORS = ["users", "openId", "tokens", "audit", "backup", "file"] as const;
type SectionName = (typeof OPEN | typeof FOR_ADMINISTRATORS)[number];

/** Everything that is set once; each part has its own address. */
export function Component() {
  const { t } = useTranslation("settings");
  const { section = "you" } = useParams();
  const isAdministrator = useMay("administrator");
  const shown: readonly SectionName[] = isAdministrator ? [...OPEN, ...FOR_ADMINISTRATORS] : OPEN;
  const at = shown.find((name) => name === section);
  return (
    <Page head={<PageHead title={t("title")} />}>
      <nav className={style["tabs"]} aria-label={t("title")}>
        {shown.map((name) => (
          <NavLink
            key={name}
            to={`/settings/${name}`}
            className={() => (name === at ? (style["active"] ?? "") : "")}
          >
            {t(`section.${name}`)}
          </NavLink>
        ))}
      </nav>
      {at === undefined ? <ErrorState error={notShown(section)} /> : <Part name={at} />}
    </Page>
  );
}

/** Why there is no such section for this person. */
function notShown(section: string): ApiError {
  return new ApiError(FOR_ADMINISTRATORS.some((name) => name === section) ? 403 : 404, {});
}

function Part({ name }: { readonly name: SectionName }) {
  switch (name) {
    case "you":
      return <You />;
    case "company":
      return <CompanySettings part="home" />;
    case "security":
      return <CompanySettings part="security" />;
    case "trash":
      return <Trash />;
    case "users":
      return <Users />;
    case "openId":
      return <OpenId />;
    case "tokens":
      return <Tokens />;
    case "audit":
      return <Audit />;
    case "backup":
      return <Backup />;
    case "file":
      return <CompanyFile />;
  }
}
