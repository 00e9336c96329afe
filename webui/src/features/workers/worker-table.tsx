/** All workers with what is known of each; the outliers come first. */

import { useEffect, useRef } from "react";

import { isFiled } from "../../api/queries";
import type { StaffWorker, Worker } from "../../api/schema.gen";
import { LongText } from "../../components/long-text";
import { type MessageKey, t } from "../../messages";
import {
  formatBytes,
  formatCount,
  formatDuration,
  formatMs,
  formatPercent,
  formatRate,
} from "../../numbers/format";
import { rankOf, SKEW_S, type WorkerRow } from "./rows";

type OnStaff = (row: WorkerRow, kind: StaffWorker["kind"]) => void;

const HEADS: readonly MessageKey[] = [
  "workers.users",
  "workers.rate",
  "workers.share",
  "workers.cpu",
  "workers.memory",
  "workers.delay",
  "workers.skew",
  "workers.heartbeat",
];

export function WorkerTable(props: {
  rows: readonly WorkerRow[];
  chosen: number | null;
  canChange: boolean;
  onStaff: OnStaff;
}) {
  return (
    <div className="scroller" tabIndex={0} role="region" aria-label={t("app.page-workers")}>
      <table className="plain worker-table">
        <thead>
          <tr>
            <th scope="col">{t("workers.name")}</th>
            <th scope="col">{t("workers.state")}</th>
            {HEADS.map((head) => (
              <th key={head} scope="col" className="number">
                {t(head)}
              </th>
            ))}
            <th scope="col">{t("workers.version")}</th>
            <td />
          </tr>
        </thead>
        <tbody>
          {props.rows.map((row) => (
            <Line
              key={row.worker.index}
              row={row}
              isChosen={props.chosen === row.worker.index}
              canChange={props.canChange}
              onStaff={props.onStaff}
            />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Line(props: { row: WorkerRow; isChosen: boolean; canChange: boolean; onStaff: OnStaff }) {
  const { row, isChosen, canChange, onStaff } = props;
  const { worker } = row;
  const element = useRef<HTMLTableRowElement>(null);
  useEffect(() => {
    if (isChosen) element.current?.scrollIntoView({ block: "center" });
  }, [isChosen]);
  const isHere = worker.state !== "missing";
  return (
    <tr ref={element} data-rank={rankOf(worker)} aria-current={isChosen || undefined}>
      <th scope="row">
        <LongText text={worker.name} />
        <small className="muted">{t("workers.of", { index: worker.index, pid: worker.pid })}</small>
      </th>
      <td>
        <span className="worker-state">{worker.state}</span>
        {worker.is_drained && <span className="badge">{t("workers.drained")}</span>}
        <small className="muted">{noteOf(worker)}</small>
      </td>
      <td className="number">
        {formatCount(worker.users)}
        {worker.users !== worker.target_users && <> → {formatCount(worker.target_users)}</>}
      </td>
      <td className="number">{formatRate(row.perS)}</td>
      <td className="number">{formatPercent(row.share)}</td>
      <td className="number">{formatPercent(worker.cpu_share)}</td>
      <td className="number">{formatBytes(worker.memory_bytes)}</td>
      <td className="number">{formatMs(worker.resume_delay_p99_ms)}</td>
      <td className={Math.abs(worker.clock_skew_s) > SKEW_S ? "number bad" : "number"}>
        {formatMs(worker.clock_skew_s * 1000)}
      </td>
      <td className="number">{formatMs(worker.heartbeat_age_s * 1000)}</td>
      <td>{worker.version}</td>
      <td className="staff">
        {isHere && !isFiled() && (
          <>
            <button
              type="button"
              disabled={!canChange}
              aria-label={t(worker.is_drained ? "workers.use-one" : "workers.drain-one", {
                name: worker.name,
              })}
              onClick={() => onStaff(row, worker.is_drained ? "use" : "drain")}
            >
              {t(worker.is_drained ? "workers.use" : "workers.drain")}
            </button>
            <button
              type="button"
              disabled={!canChange}
              aria-label={t("workers.remove-one", { name: worker.name })}
              onClick={() => onStaff(row, "remove")}
            >
              {t("workers.remove")}
            </button>
          </>
        )}
      </td>
    </tr>
  );
}

/** Why a worker is as it is. */
function noteOf(worker: Worker): string {
  if (worker.state === "missing") {
    const unaccounted = t("workers.unaccounted", {
      requests: formatCount(worker.unaccounted_estimate),
      seconds: formatMs(worker.unaccounted_s * 1000),
    });
    return worker.unaccounted_estimate > 0 ? `${worker.reason}; ${unaccounted}` : worker.reason;
  }
  if (worker.state === "busy" || worker.state === "stuck") {
    const age = formatDuration(worker.python_age_s);
    return worker.blocking
      ? t("workers.blocked-in", { age, where: worker.blocking })
      : t("workers.blocked", { age });
  }
  if (worker.has_other_locustfile) return t("workers.other-locustfile");
  return worker.verdict === "OK" ? "" : `${worker.verdict}: ${worker.cause}`;
}
