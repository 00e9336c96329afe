/** Who runs the users: tiles where there are many, and a table with the outliers first. */

import { useState } from "react";

import { post, textOf } from "../../api/client";
import { useLive, usePolled } from "../../api/queries";
import type { StaffWorker, Workers } from "../../api/schema.gen";
import { SureDialog } from "../../components/sure-dialog";
import { t } from "../../messages";
import { rowsOf, type WorkerRow } from "./rows";
import { WorkerTable } from "./worker-table";
import { WorkerTiles } from "./worker-tiles";

const REFRESH_MS = 2000;
const TILES_ABOVE = 24;

export function WorkersPage() {
  const polled = usePolled<Workers>("workers", REFRESH_MS);
  const { rows, replace } = useReadings(polled);
  const isLost = useLive((state) => state.connection === "lost");
  const isViewer = useLive((state) => state.session?.role === "viewer");
  const [problem, setProblem] = useState("");
  const [leaving, setLeaving] = useState<WorkerRow | null>(null);
  const [chosen, setChosen] = useState<number | null>(null);
  const staff = async (index: number, kind: StaffWorker["kind"]) => {
    try {
      replace(await post<Workers>(`workers/${index}`, { kind }));
      setProblem("");
    } catch (error) {
      setProblem(textOf(error));
    }
  };
  if (!rows) return <p className="empty">{t("app.loading")}</p>;
  if (rows.length === 0) return <p className="empty">{t("workers.none")}</p>;
  return (
    <div className="workers" data-lost={isLost}>
      {problem && (
        <p role="alert" className="problem">
          {problem}
        </p>
      )}
      {rows.length > TILES_ABOVE && (
        <WorkerTiles rows={rows} chosen={chosen} onChoose={setChosen} />
      )}
      <WorkerTable
        rows={rows}
        chosen={chosen}
        canChange={!isViewer && !isLost}
        onStaff={(row, kind) =>
          kind === "remove" ? setLeaving(row) : void staff(row.worker.index, kind)
        }
      />
      {leaving && (
        <SureDialog
          deed={t("workers.remove")}
          question={t("workers.sure", { name: leaving.worker.name })}
          onClose={() => setLeaving(null)}
          onSure={() => void staff(leaving.worker.index, "remove")}
        />
      )}
    </div>
  );
}

interface Readings {
  polled: Workers;
  now: Workers;
  before: Workers | null;
}

/** The newest reading beside the one before it, so that there are rates. */
function useReadings(polled: Workers | null) {
  const [known, setKnown] = useState<Readings | null>(null);
  if (polled && known?.polled !== polled) {
    setKnown({ polled, now: polled, before: known?.now ?? null });
  }
  const replace = (now: Workers) => setKnown((one) => (one ? { ...one, now } : one));
  return { rows: known && rowsOf(known.now, known.before), replace };
}
