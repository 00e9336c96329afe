/** The run in one line. */

import { useLive } from "../api/queries";
import { ROW, type Health, type RunStatus } from "../api/schema.gen";
import { Figure } from "../components/figure";
import { t } from "../messages";
import {
  formatCount,
  formatDuration,
  formatMs,
  formatPercent,
  formatRate,
  NOTHING,
} from "../numbers/format";

const ICONS: Record<RunStatus["state"], string> = {
  ready: "○",
  spawning: "↗",
  running: "▶",
  paused: "‖",
  stopping: "◌",
  cleanup: "◌",
  stopped: "■",
  failed: "✕",
};

export function StatusStrip() {
  const status = useLive((state) => state.status);
  const total = useLive((state) => state.total);
  const health = useLive((state) => state.health);
  const workers = useLive((state) => state.workers);
  const isLost = useLive((state) => state.connection === "lost");
  if (!status) return null;
  const requests = total?.[ROW.now_requests] ?? 0;
  const failed = requests > 0 ? (total?.[ROW.now_failures] ?? 0) / requests : null;
  const isMoving = status.state !== "ready" && status.state !== "stopped";
  return (
    <section className="strip" aria-label={t("strip.title")} data-lost={isLost}>
      <Figure label={t("strip.state")}>
        <span data-state={status.state}>
          <span aria-hidden="true">{ICONS[status.state]} </span>
          {t(`strip.state-${status.state}`)}
        </span>
        {status.ending && <small>{t("strip.ended", { ending: status.ending })}</small>}
      </Figure>
      <Figure label={t("strip.elapsed")}>
        {formatDuration(status.elapsed_s)}
        {isMoving && status.run_time_s !== null && (
          <small>
            {t("strip.left", {
              left: formatDuration(Math.max(0, status.run_time_s - status.elapsed_s)),
            })}
          </small>
        )}
      </Figure>
      <Figure label={t("strip.users")}>
        {formatCount(status.users)}
        {status.target_users !== status.users && <> → {formatCount(status.target_users)}</>}
      </Figure>
      <Figure label={t("strip.rps")}>{formatRate(total?.[ROW.now_rps] ?? null)}</Figure>
      <Figure label={t("strip.failures")} isBad={failed !== null && failed > 0}>
        {failed === null ? NOTHING : formatPercent(failed)}
      </Figure>
      <Figure label={t("strip.p50")}>{formatMs(total?.[ROW.now_p50_ms] ?? null)}</Figure>
      <Figure label={t("strip.p95")}>{formatMs(total?.[ROW.now_p95_ms] ?? null)}</Figure>
      <Figure label={t("strip.p99")}>{formatMs(total?.[ROW.now_p99_ms] ?? null)}</Figure>
      {workers && (
        <Figure label={t("strip.workers")} isBad={workers.is_degraded}>
          {t("strip.workers-of", {
            here: formatCount(workers.here),
            known: formatCount(workers.known),
          })}
        </Figure>
      )}
      {health && <Generator health={health} />}
    </section>
  );
}

function Generator({ health }: { health: Health }) {
  const notes = [...health.causes];
  if (health.unverified.length > 0) {
    notes.push(t("strip.unverified", { classes: health.unverified.join(", ") }));
  }
  return (
    <Figure label={t("strip.generator")}>
      <span data-verdict={health.verdict}>{health.verdict}</span>
      {notes.length > 0 && <small title={notes.join("\n")}>{notes[0]}</small>}
    </Figure>
  );
}
