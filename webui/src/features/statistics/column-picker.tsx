/** Which columns are shown; remembered by the browser. A report has those since the start. */

import { useState } from "react";

import { isFiled } from "../../api/queries";
import { t } from "../../messages";
import { type Column, COLUMNS } from "./columns";

const KEY = "locust_like.columns";
const SINCE_START = ["since-start"] as const;
const GROUPS = ["since-start", "last-10s"] as const;
const REPORTED = COLUMNS.filter((column) => column.group === "since-start");

export function useColumns(): [readonly Column[], (key: string) => void] {
  const [keys, setKeys] = useState<readonly string[]>(() => {
    if (isFiled()) return REPORTED.map((column) => column.key);
    const stored = localStorage.getItem(KEY);
    if (stored !== null) return stored.split(",");
    return COLUMNS.filter((column) => column.isShown).map((column) => column.key);
  });
  const [columns, setColumns] = useState(() => chosen(keys));
  const toggle = (key: string) => {
    const next = keys.includes(key) ? keys.filter((one) => one !== key) : [...keys, key];
    if (!isFiled()) localStorage.setItem(KEY, next.join(","));
    setKeys(next);
    setColumns(chosen(next));
  };
  return [columns, toggle];
}

function chosen(keys: readonly string[]): readonly Column[] {
  return COLUMNS.filter((column) => keys.includes(column.key));
}

export function ColumnPicker(props: {
  columns: readonly Column[];
  onToggle: (key: string) => void;
}) {
  return (
    <details className="picker">
      <summary>{t("requests.columns")}</summary>
      <div className="picker-list">
        {(isFiled() ? SINCE_START : GROUPS).map((group) => (
          <fieldset key={group}>
            <legend>{t(`requests.${group}`)}</legend>
            {COLUMNS.filter((column) => column.group === group).map((column) => (
              <label key={column.key}>
                <input
                  type="checkbox"
                  checked={props.columns.includes(column)}
                  onChange={() => props.onToggle(column.key)}
                />
                {t(column.label)}
              </label>
            ))}
          </fieldset>
        ))}
      </div>
    </details>
  );
}
