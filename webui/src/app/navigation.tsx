/** The links to the pages, each with what there is to look at. */

import { useEffect, useRef } from "react";

import { useLive, usePolled } from "../api/queries";
import type { Extras, WorkersCount } from "../api/schema.gen";
import { type MessageKey, t } from "../messages";
import { formatCompact } from "../numbers/format";
import { type Route, ROUTES } from "./routes";

/** What the number at a link counts; one without a sign of its own counts what its page lists. */
interface Note {
  count: number;
  says: MessageKey;
  sign?: string;
}

export function Navigation({ shown }: { shown: string }) {
  const failures = useLive((state) => state.failureKinds);
  const exceptions = useLive((state) => state.exceptions);
  const warnings = useLive((state) => state.warnings);
  const hasWorkers = useLive((state) => state.workers !== null);
  const troubled = useLive((state) => troubledOf(state.workers));
  const extras = usePolled<Extras>("extras", 30_000);
  const hasExtras = extras !== null && extras.tables.length + extras.files.length > 0;
  const isShown = (route: Route) =>
    (hasWorkers || !route.needsWorkers) && (hasExtras || !route.needsExtras);
  const notes: Record<string, Note> = {
    failures: { count: failures, says: "app.failure-kinds" },
    exceptions: { count: exceptions, says: "app.exception-kinds" },
    logs: { count: warnings, says: "app.warnings" },
    workers: { count: troubled, says: "app.troubled", sign: "⚠" },
  };
  const nav = useRef<HTMLElement>(null);
  useEffect(() => {
    // On a narrow screen not all links are in view.
    const link = nav.current?.querySelector("[aria-current]");
    link?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [shown, hasWorkers, hasExtras]);
  return (
    <nav ref={nav} aria-label={t("app.pages")}>
      {ROUTES.filter(isShown).map((route) => (
        <a
          key={route.path}
          href={`#/${route.path}`}
          aria-current={route.path === shown ? "page" : undefined}
        >
          {t(route.label)} <Badge note={notes[route.path]} />
        </a>
      ))}
    </nav>
  );
}

function Badge({ note }: { note: Note | undefined }) {
  if (!note || note.count === 0) return null;
  const count = formatCompact(note.count);
  const text = t(note.says, { count });
  return (
    <span className={note.sign ? "badge bad" : "badge"} title={text}>
      <span aria-hidden="true">
        {note.sign} {count}
      </span>
      <span className="hidden">{text}</span>
    </span>
  );
}

/** How many workers want to be looked at: the lost ones, and those with a trouble. */
function troubledOf(workers: WorkersCount | null): number {
  return workers ? workers.known - workers.here + workers.troubled : 0;
}
