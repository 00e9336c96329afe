/** Where the requests lie: time across, response time up, colour for how many. */

import { useMemo, useRef } from "react";

import { t } from "../messages";
import { formatMs, formatMsTick, formatRate } from "../numbers/format";
import { ChartFigure, type ChartProps } from "./chart/chart-figure";
import { HeatLayer } from "./chart/heat-layer";
import { writeText } from "./chart/legend";
import type { Line } from "./chart/lines";
import type { Plot } from "./chart/plot";
import type { ValueAxis } from "./chart/plot-options";

const AXIS: ValueAxis = { tick: formatMsTick, value: formatMs, scale: "log", least: 1 };

// A thin line for orientation: the map shows the shape, the line the figure that one talks about.
const LINES: readonly Line[] = [
  {
    label: "p95",
    slot: 4,
    read: (points) => points.column("p95Ms"),
    envelope: "upper",
    widthPx: 2,
    denseWidthPx: 2,
  },
];

export function HeatChart(props: ChartProps) {
  const layer = useMemo(() => new HeatLayer(), []);
  const spec = useMemo(() => ({ lines: LINES, axis: AXIS, layer }), [layer]);
  const highest = useRef<HTMLSpanElement>(null);
  const describeCursor = (plot: Plot) => {
    const cursor = plot.cursorPosition;
    const cell = cursor && layer.cellAt(cursor.wallS, cursor.value);
    if (!cell) return "";
    return t("charts.heat-cell", {
      from: formatMs(cell.fromMs),
      to: formatMs(cell.toMs),
      rate: formatRate(cell.perS),
    });
  };
  return (
    <ChartFigure
      {...props}
      spec={spec}
      describeCursor={describeCursor}
      onDrawn={() => writeText(highest.current, formatRate(layer.highest))}
      legendNote={
        <span className="chart-heat-scale">
          <span>{t("charts.heat-few")}</span>
          <span className="chart-heat-bar" aria-hidden="true" />
          <span ref={highest} />
        </span>
      }
    />
  );
}
