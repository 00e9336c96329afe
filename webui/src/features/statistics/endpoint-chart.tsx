/** The response times of one endpoint over the run. */

import { useEffect, useState } from "react";

import { usePolled } from "../../api/queries";
import type { History } from "../../api/schema.gen";
import { chartSource } from "../../components/chart/source";
import { PercentileChart } from "../../components/percentile-chart";
import { t } from "../../messages";
import { PointSeries } from "../../numbers/time-series";

const REFRESH_MS = 2000;

export function EndpointChart({ id }: { id: number }) {
  const history = usePolled<History>(`endpoints/${id}/history`, REFRESH_MS);
  const [chart] = useState(() => {
    const points = new PointSeries();
    const listeners = new Set<() => void>();
    const source = chartSource(points, {
      preset: "all",
      subscribe: (listener) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    });
    return { points, source, listeners };
  });
  useEffect(() => {
    if (!history) return;
    chart.points.replace(history.points);
    for (const listener of [...chart.listeners]) listener();
  }, [chart, history]);
  return <PercentileChart title={t("drawer.times")} source={chart.source} />;
}
