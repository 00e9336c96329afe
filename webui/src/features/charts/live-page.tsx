/** The Live page: the charts of the run that is going on, or of the last one. */

import { useEffect, useRef, useState } from "react";

import { live, useLive, useTick } from "../../api/queries";
import type { Annotation, RunStatus } from "../../api/schema.gen";
import { chartSource } from "../../components/chart/source";
import { t } from "../../messages";
import { formatCount } from "../../numbers/format";
import { LiveCharts } from "./live-charts";

/** What the charts ask for between two renders; written by React, read when a frame is drawn. */
interface Latest {
  annotations: readonly Annotation[];
  status: RunStatus | null;
}

export function LivePage() {
  const annotations = useLive((state) => state.annotations);
  const status = useLive((state) => state.status);
  const isLost = useLive((state) => state.connection === "lost");
  const latest = useRef<Latest>({ annotations, status });
  useEffect(() => {
    latest.current = { annotations, status };
  });
  const [page] = useState(() => livePageSource(() => latest.current));
  useTick(page.tell);
  return (
    <LiveCharts
      source={page.source}
      annotations={annotations}
      isPaused={isLost}
      emptyText={emptyText(status)}
    />
  );
}

/** The charts' source over the live store; `tell` is called on each tick. */
function livePageSource(latest: () => Latest) {
  const listeners = new Set<() => void>();
  const source = chartSource(live.points, {
    annotations: () => latest().annotations,
    nowS: () => nowOf(latest().status),
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  });
  const tell = () => {
    for (const listener of [...listeners]) listener();
  };
  return { source, tell };
}

/** The server's clock at the last tick, as far as the run goes; NaN before the first run. */
function nowOf(status: RunStatus | null): number {
  if (!status || status.start_wall_s === null) return Number.NaN;
  return status.start_wall_s + status.elapsed_s;
}

function emptyText(status: RunStatus | null): string {
  if (!status || status.state === "ready") return t("charts.no-run");
  if (status.users === 1) return t("charts.waiting-one");
  return t("charts.waiting", { users: formatCount(status.users) });
}
