import { useTranslation } from "react-i18next";
import style from "./home.module.css";

/** Hours at which a quarter of the day begins. */
const QUARTERS = [0, 6, 12, 18] as const;

/** A bar for each hour of the day. */
export function Hours({ hours }: { readonly hours: readonly number[] }) {
  const { t } = useTranslation("home");
  const most = Math.max(1, ...hours);
  const said = hours
    .map((count, hour) => ({ count, hour }))
    .filter(({ count }) => count > 0)
    .map(({ count, hour }) => t("atHour", { hour, count }))
    .join(", ");
  return (
    <figure className={style["day"]}>
      <svg className={style["hours"]} viewBox="0 0 240 40" preserveAspectRatio="none" role="img">
        <title>{`${t("perHour")}${said === "" ? "" : `: ${said}`}`}</title>
        {hours.map((count, hour) => {
          const height = Math.max(1.5, (40 * count) / most);
          return (
            // biome-ignore lint: an hour is its place
            <rect
              key={hour}
              x={hour * 10 + 1}
              y={40 - height}
              width="8"
              height={height}
              data-none={count === 0}
            />
          );
        })}
      </svg>
      <div aria-hidden="true">
        {QUARTERS.map((hour) => (
          <span key={hour}>{hour}</span>
        ))}
      </div>
    </figure>
  );
}
