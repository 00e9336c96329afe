/** The columns of the requests table: what a cell shows, and what it is sorted by. */

import { type Name, ROW, type Row } from "../../api/schema.gen";
import type { MessageKey } from "../../messages";
import {
  formatBytes,
  formatCount,
  formatMs,
  formatPercent,
  formatRate,
} from "../../numbers/format";

export interface Column {
  key: string;
  label: MessageKey;
  group: "since-start" | "last-10s";
  /** The field of `Row` that the server sorts by. */
  field: keyof typeof ROW;
  value: (row: Row) => number | null;
  text: (row: Row) => string;
  isShown: boolean;
  /** It grows as the run goes on. */
  isCount?: boolean;
}

const ms = (key: keyof typeof ROW, group: Column["group"], isShown = true): Column => {
  const value = (row: Row) => row[ROW[key]] as number | null;
  return {
    key,
    label: `column.${key}` as MessageKey,
    group,
    field: key,
    value,
    text: (row) => formatMs(value(row)),
    isShown,
  };
};

const failShare = (row: Row): number | null =>
  row[ROW.requests] > 0 ? row[ROW.failures] / row[ROW.requests] : null;

export const COLUMNS: readonly Column[] = [
  {
    key: "requests",
    label: "column.requests",
    group: "since-start",
    field: "requests",
    value: (row) => row[ROW.requests],
    text: (row) => formatCount(row[ROW.requests]),
    isShown: true,
    isCount: true,
  },
  {
    key: "failures",
    label: "column.failures",
    group: "since-start",
    field: "failures",
    value: (row) => row[ROW.failures],
    text: (row) => formatCount(row[ROW.failures]),
    isShown: true,
    isCount: true,
  },
  {
    key: "rps",
    label: "column.rps",
    group: "since-start",
    field: "rps",
    value: (row) => row[ROW.rps],
    text: (row) => formatRate(row[ROW.rps]),
    isShown: false,
  },
  {
    key: "fail_share",
    label: "column.fail_share",
    group: "since-start",
    field: "failures",
    value: failShare,
    text: (row) => formatPercent(failShare(row)),
    isShown: false,
  },
  ms("avg_ms", "since-start", false),
  ms("min_ms", "since-start", false),
  ms("p50_ms", "since-start"),
  ms("p90_ms", "since-start", false),
  ms("p95_ms", "since-start"),
  ms("p99_ms", "since-start"),
  ms("max_ms", "since-start"),
  {
    key: "avg_bytes",
    label: "column.avg_bytes",
    group: "since-start",
    field: "avg_bytes",
    value: (row) => row[ROW.avg_bytes],
    text: (row) => formatBytes(row[ROW.avg_bytes]),
    isShown: false,
  },
  {
    key: "now_rps",
    label: "column.now_rps",
    group: "last-10s",
    field: "now_rps",
    value: (row) => row[ROW.now_rps],
    text: (row) => formatRate(row[ROW.now_rps]),
    isShown: true,
  },
  {
    key: "now_fail_per_s",
    label: "column.now_fail_per_s",
    group: "last-10s",
    field: "now_fail_per_s",
    value: (row) => row[ROW.now_fail_per_s],
    text: (row) => formatRate(row[ROW.now_fail_per_s]),
    isShown: true,
  },
  ms("now_p50_ms", "last-10s"),
  ms("now_p90_ms", "last-10s", false),
  ms("now_p95_ms", "last-10s"),
  ms("now_p99_ms", "last-10s"),
  ms("now_max_ms", "last-10s", false),
];

const LEAST_REM = 5.2;
const BOLD_SIGN_REM = 0.7;

/** The least width of a column; no count is longer than the total's. */
export function widthOf(column: Column, total: Row | null): number {
  const signs = column.isCount && total ? column.text(total).length : 0;
  return Math.max(LEAST_REM, signs * BOLD_SIGN_REM);
}

export interface Sort {
  key: string;
  isDescending: boolean;
}

/** Rows in order; those without the figure come last either way. */
export function sorted(rows: readonly Row[], names: ReadonlyMap<number, Name>, sort: Sort): Row[] {
  const sign = sort.isDescending ? -1 : 1;
  if (sort.key === "name" || sort.key === "method") {
    const text = (row: Row) => {
      const [, method, name] = names.get(row[0]) ?? [0, "", ""];
      return sort.key === "name" ? `${name} ${method}` : `${method} ${name}`;
    };
    return [...rows].sort((a, b) => sign * (text(a) < text(b) ? -1 : text(a) > text(b) ? 1 : 0));
  }
  const column = COLUMNS.find((one) => one.key === sort.key) ?? COLUMNS[0];
  if (!column) return [...rows];
  return [...rows].sort((a, b) => {
    const [x, y] = [column.value(a), column.value(b)];
    if (x === null || y === null) return x === y ? 0 : x === null ? 1 : -1;
    return sign * (x - y);
  });
}
