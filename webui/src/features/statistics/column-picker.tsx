/** Which columns are shown; remembered by the browser. */

import { useState } from "react";

import { t } from "../../messages";
import { type Column, COLUMNS } from "./columns";

const KEY = "locust_like.columns";

export function useColumns(): [readonly Column[], (key: string) => void] {
  const [keys, setKeys] = useState<readonly string[]>(() => {
    const stored = localStorage.getItem(KEY);
    if (stored !== null) return stored.split(",");
    return COLUMNS.filter((column) => column.isShown).map((column) => column.key);
  });
  const [columns, setColumns] = useState(() => chosen(keys));
  const toggle = (key: string) => {
    const next = keys.includes(key) ? keys.filter((one) => one !== key) : [...keys, key];
    localStorage.setItem(KEY, next.join(","));
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
        {(["since-start", "last-10s"] as const).map((group) => (
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
