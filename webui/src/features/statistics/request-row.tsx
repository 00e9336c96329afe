/** One line of the requests table; renders again only when its own figures change. */

import { memo } from "react";

import { isFiled } from "../../api/queries";
import { type Name, ROW, type Row } from "../../api/schema.gen";
import { LongText } from "../../components/long-text";
import { shownText } from "../../components/shown-text";
import { t } from "../../messages";
import type { Column } from "./columns";
import { polyline } from "./trends";

interface Props {
  row: Row;
  name: Name | null;
  columns: readonly Column[];
  trend: readonly number[];
  top?: number;
  onOpen?: () => void;
}

export const RequestRow = memo(
  function RequestRow({ row, name, columns, trend, top, onOpen }: Props) {
    const isFailing = row[ROW.failures] > 0;
    return (
      <div
        role="row"
        className={`grid-row line${top === undefined ? " total" : ""}${isFailing ? " failing" : ""}`}
        style={top === undefined ? undefined : { transform: `translateY(${top}px)` }}
      >
        <span role="cell" className="cell">
          {name ? <LongText text={name[1]} /> : ""}
        </span>
        <span role="cell" className="cell name">
          {name && onOpen ? (
            <button
              type="button"
              className="link"
              onClick={onOpen}
              aria-label={t("requests.open", { name: shownText(name[2]) })}
            >
              <LongText text={name[2]} />
            </button>
          ) : name ? (
            <LongText text={name[2]} />
          ) : (
            t("requests.total")
          )}
        </span>
        {columns.map((column) => (
          <span
            role="cell"
            key={column.key}
            data-label={t(`requests.label-${column.group}`, { label: t(column.label) })}
            className={`cell number${column.key.includes("fail") && isFailing ? " bad" : ""}`}
          >
            {column.text(row)}
          </span>
        ))}
        {!isFiled() && (
          <span role="cell" className="cell trend">
            {trend.length > 1 && (
              <svg viewBox="0 0 60 16" role="img" aria-label={t("requests.trend")}>
                <polyline points={polyline(trend)} />
              </svg>
            )}
          </span>
        )}
      </div>
    );
  },
  (before, after) =>
    before.row === after.row &&
    before.name === after.name &&
    before.columns === after.columns &&
    before.top === after.top,
);
