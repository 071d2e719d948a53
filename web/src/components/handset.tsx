import style from "./handset.module.css";

/** What the display of a ringing phone shows: the name large, the number below. */
export function Handset({
  label,
  name,
  number,
}: {
  readonly label: string;
  readonly name: string | undefined;
  readonly number: string;
}) {
  return (
    <figure className={style["handset"]}>
      <figcaption>{label}</figcaption>
      <bdi className={style["name"]}>{name ?? number}</bdi>
      {name === undefined ? undefined : <bdi className={style["number"]}>{number}</bdi>}
    </figure>
  );
}
