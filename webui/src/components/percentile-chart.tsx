/** Response times over time: p50, p90, p95, p99 and the slowest, linear or logarithmic. */

import { useState } from "react";

import { t } from "../messages";
import { formatMs, formatMsTick } from "../numbers/format";
import type { ChartProps } from "./chart/chart-figure";
import type { Line } from "./chart/lines";
import type { ValueAxis } from "./chart/plot-options";
import { LineChart } from "./line-chart";

const LINES: readonly Line[] = [
  { label: "p50", slot: 0, read: (points) => points.column("p50Ms"), envelope: "upper" },
  { label: "p90", slot: 2, read: (points) => points.column("p90Ms"), envelope: "upper" },
  {
    label: "p95",
    slot: 4,
    read: (points) => points.column("p95Ms"),
    envelope: "upper",
    widthPx: 2,
  },
  { label: "p99", slot: 3, read: (points) => points.column("p99Ms"), envelope: "upper" },
  {
    label: "max",
    slot: 1,
    read: (points) => points.column("maxMs"),
    envelope: "upper",
    widthPx: 1,
  },
];

const LINEAR: ValueAxis = { tick: formatMsTick, value: formatMs, scale: "linear", least: 1 };
const LOGARITHMIC: ValueAxis = { ...LINEAR, scale: "log" };

/** A percentile chart of a source: the whole run on the Live page, one endpoint in its drawer. */
export function PercentileChart(props: ChartProps) {
  const [isLog, setIsLog] = useState(false);
  return (
    <LineChart
      {...props}
      lines={LINES}
      axis={isLog ? LOGARITHMIC : LINEAR}
      actions={
        <button type="button" aria-pressed={isLog} onClick={() => setIsLog(!isLog)}>
          {t("charts.log-scale")}
        </button>
      }
    />
  );
}
