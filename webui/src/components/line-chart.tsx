/** Lines over time: the chart that features draw with. Presentational; knows no store. */

import { type ReactNode, useMemo } from "react";

import { ChartFigure, type ChartProps } from "./chart/chart-figure";
import type { Line } from "./chart/lines";
import type { ValueAxis } from "./chart/plot-options";

interface LineChartProps extends ChartProps {
  /** Keep it outside the component or in `useMemo`: a new list makes a new chart. */
  lines: readonly Line[];
  axis: ValueAxis;
  actions?: ReactNode;
}

export function LineChart({ lines, axis, ...rest }: LineChartProps) {
  const spec = useMemo(() => ({ lines, axis }), [lines, axis]);
  return <ChartFigure spec={spec} {...rest} />;
}
