/** The six charts of a run on one time axis, with the switch for the time shown. */

import { useSyncExternalStore, useState } from "react";

import type { Annotation } from "../../api/schema.gen";
import type { ChartSource } from "../../components/chart/source";
import { HeatChart } from "../../components/heat-chart";
import { LineChart } from "../../components/line-chart";
import { PercentileChart } from "../../components/percentile-chart";
import { t } from "../../messages";
import {
  RATE_AXIS,
  RATE_LINES,
  RECEIVED_AXIS,
  RECEIVED_LINES,
  USERS_AXIS,
  USERS_LINES,
} from "./chart-lines";
import { KindLines } from "./error-kinds";
import { Events } from "./events";
import { RangeBar } from "./range-bar";

import "./live-charts.css";

interface LiveChartsProps {
  source: ChartSource;
  annotations: readonly Annotation[];
  /** The server is lost: charts stand still and turn grey. */
  isPaused: boolean;
  /** What is told where nothing was measured yet. */
  emptyText: string;
}

export function LiveCharts({ source, annotations, isPaused, emptyText }: LiveChartsProps) {
  const shared = { source, isPaused, emptyText };
  const [kinds] = useState(() => new KindLines());
  const errorLines = useSyncExternalStore(source.subscribe, () => kinds.linesOf(source.points));
  const hasRequests = useSyncExternalStore(source.subscribe, () => source.points.hasRequests);
  return (
    <div className="live-charts">
      <RangeBar window={source.window} />
      <div className="chart-grid">
        <LineChart {...shared} title={t("charts.rate")} lines={RATE_LINES} axis={RATE_AXIS} />
        <PercentileChart {...shared} title={t("charts.percentiles")} />
        <LineChart {...shared} title={t("charts.users")} lines={USERS_LINES} axis={USERS_AXIS} />
        <HeatChart {...shared} title={t("charts.heat")} />
        <LineChart
          {...shared}
          title={t("charts.errors")}
          lines={errorLines}
          axis={RATE_AXIS}
          emptyText={hasRequests ? t("charts.no-failures") : emptyText}
        />
        <LineChart
          {...shared}
          title={t("charts.received")}
          lines={RECEIVED_LINES}
          axis={RECEIVED_AXIS}
        />
      </div>
      <Events annotations={annotations} />
    </div>
  );
}
