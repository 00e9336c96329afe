/** The last minute of a chart as a table, for those who read better than they see. */

import { useSyncExternalStore } from "react";

import { t } from "../../messages";
import { formatClock } from "../../numbers/format";
import type { Line } from "./lines";
import { readingsAt } from "./readings";
import type { ChartSource } from "./source";

const ROWS = 60;

interface PointsTableProps {
  title: string;
  lines: readonly Line[];
  value: (value: number) => string;
  source: ChartSource;
}

export function PointsTable({ title, lines, value, source }: PointsTableProps) {
  const { points } = source;
  useSyncExternalStore(source.subscribe, () => points.version);
  const newest = points.length - 1;
  const rows = Array.from({ length: Math.min(ROWS, points.length) }, (_, index) => newest - index);
  return (
    // A part that scrolls must be reachable by keyboard.
    <div
      className="chart-table"
      tabIndex={0}
      role="region"
      aria-label={t("charts.table-of", { title })}
    >
      <table>
        <thead>
          <tr>
            <th scope="col">{t("charts.time")}</th>
            {lines.map((line) => (
              <th scope="col" key={line.label}>
                {line.label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={points.at("wallS", row)}>
              <th scope="row">{formatClock(points.at("wallS", row))}</th>
              {readingsAt(lines, value, points, row).map((reading, index) => (
                <td key={lines[index]?.label}>{reading}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
