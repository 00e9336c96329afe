/** The Live page: the charts of the run that is going on, or of the last one. */

import { useEffect, useState } from "react";

import { live, useLive, useTick } from "../../api/queries";
import type { Annotation, RunStatus } from "../../api/schema.gen";
import { type ChartSource, chartSource } from "../../components/chart/source";
import { t } from "../../messages";
import { formatCount } from "../../numbers/format";
import { LiveCharts } from "./live-charts";

export function LivePage() {
  const annotations = useLive((state) => state.annotations);
  const status = useLive((state) => state.status);
  const isLost = useLive((state) => state.connection === "lost");
  const [feed] = useState(() => new ChartFeed());
  useEffect(() => feed.tell(annotations, status), [feed, annotations, status]);
  useTick(feed.tick);
  return (
    <LiveCharts
      source={feed.source}
      annotations={annotations}
      isPaused={isLost}
      emptyText={emptyText(status)}
    />
  );
}

/** Carries the live store's ticks to the charts without a render of the page. */
class ChartFeed {
  readonly source: ChartSource;
  #annotations: readonly Annotation[] = [];
  #status: RunStatus | null = null;
  readonly #listeners = new Set<() => void>();

  constructor() {
    this.source = chartSource(live.points, {
      annotations: () => this.#annotations,
      nowS: () => nowOf(this.#status),
      subscribe: (listener) => {
        this.#listeners.add(listener);
        return () => this.#listeners.delete(listener);
      },
    });
  }

  /** What the charts draw beside the points. */
  tell(annotations: readonly Annotation[], status: RunStatus | null): void {
    this.#annotations = annotations;
    this.#status = status;
    this.tick();
  }

  /** There are new points. */
  readonly tick = (): void => {
    for (const listener of [...this.#listeners]) listener();
  };
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
