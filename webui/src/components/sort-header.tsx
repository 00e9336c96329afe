/** A column's head as a button; assistive technology hears the order. */

export function SortHeader(props: {
  label: string;
  title?: string | undefined;
  order: "ascending" | "descending" | "none";
  isNumber?: boolean;
  onSort: () => void;
}) {
  const arrow = { ascending: " ▲", descending: " ▼", none: "" }[props.order];
  return (
    <span
      role="columnheader"
      aria-sort={props.order}
      className={props.isNumber ? "cell number" : "cell"}
    >
      <button type="button" className="sort" title={props.title} onClick={props.onSort}>
        {props.label}
        <span aria-hidden="true">{arrow}</span>
      </button>
    </span>
  );
}
