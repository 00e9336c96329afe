/** One tile a worker: its state as colour and word, its CPU as the number. */

import { t } from "../../messages";
import { formatPercent } from "../../numbers/format";
import { rankOf, type WorkerRow } from "./rows";

export function WorkerTiles(props: {
  rows: readonly WorkerRow[];
  chosen: number | null;
  onChoose: (index: number) => void;
}) {
  return (
    <ul className="tiles" aria-label={t("workers.tiles")}>
      {props.rows.map(({ worker }) => (
        <li key={worker.index}>
          <button
            type="button"
            className="tile"
            data-rank={rankOf(worker)}
            aria-pressed={props.chosen === worker.index}
            title={worker.name}
            onClick={() => props.onChoose(worker.index)}
          >
            <span>{worker.index}</span>
            <b>{formatPercent(worker.cpu_share)}</b>
            <small>{worker.verdict === "OK" ? worker.state : worker.verdict}</small>
          </button>
        </li>
      ))}
    </ul>
  );
}
