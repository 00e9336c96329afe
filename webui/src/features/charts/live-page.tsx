/** The Live page: the charts of the run that is going on, or of the last one. */

import { useEffect } from "react";

import { live, useLive } from "../../api/queries";
import type { RunStatus } from "../../api/schema.gen";
import { chartSource } from "../../components/chart/source";
import { t } from "../../messages";
import { formatCount } from "../../numbers/format";
import { LiveCharts } from "./live-charts";

// Outlives the page, so that the chosen range is still there when one comes back to it.
const source = chartSource(live.points, {
  subscribe: live.onTick,
  annotations: () => live.state.annotations,
  nowS: () => nowOf(live.state.status),
});

export function LivePage() {
  const annotations = useLive((state) => state.annotations);
  const status = useLive((state) => state.status);
  const isLost = useLive((state) => state.connection === "lost");
  const run = status?.run;
  // A part of one run that was zoomed to means nothing in the next.
  useEffect(() => source.window.follow(), [run]);
  return (
    <LiveCharts
      source={source}
      annotations={annotations}
      isPaused={isLost}
      emptyText={emptyText(status)}
    />
  );
}

/** The server's clock at the last tick, as far as the run goes; NaN before the first run. */
function nowOf(status: RunStatus | null): number {
  if (!status || status.start_wall_s === null) return Number.NaN;
  return status.start_wall_s + status.elapsed_s;
}

function emptyText(status: RunStatus | null): string {
  if (!status || status.state === "ready") return t("charts.no-run");
  if (status.state === "stopped" || status.state === "failed") return t("charts.empty");
  if (status.users === 1) return t("charts.waiting-one");
  return t("charts.waiting", { users: formatCount(status.users) });
}
