/** What fails: grouped by endpoint and text, the most frequent first. */

import { useMemo, useState } from "react";

import { isKnown } from "../../api/client";
import { isFiled, useLive, usePolled } from "../../api/queries";
import type { Failure, Failures } from "../../api/schema.gen";
import { CsvLink } from "../../components/csv-link";
import { LongText } from "../../components/long-text";
import { shownText } from "../../components/shown-text";
import { SortHeader } from "../../components/sort-header";
import { type MessageKey, t } from "../../messages";
import { formatClock, formatCount, formatMoment, formatPercent } from "../../numbers/format";
import { FailureDrawer } from "./failure-drawer";

type Key = keyof Failure;

const COLUMNS: readonly (readonly [Key, MessageKey, boolean])[] = [
  ["method", "failures.method", false],
  ["name", "failures.name", false],
  ["text", "failures.text", false],
  ["kind", "failures.kind", false],
  ["occurrences", "failures.occurrences", true],
  ["share", "failures.share", true],
  ["first_seen_wall_s", "failures.first", true],
  ["last_seen_wall_s", "failures.last", true],
];

export function FailuresPage() {
  const failures = usePolled<Failures>("failures", 2000);
  const isLost = useLive((state) => state.connection === "lost");
  const [sort, setSort] = useState<{ key: Key; isDescending: boolean }>({
    key: "occurrences",
    isDescending: true,
  });
  const [openId, setOpenId] = useState<number | null>(null);
  const rows = useMemo(() => {
    const sign = sort.isDescending ? -1 : 1;
    return [...(failures?.failures ?? [])].sort((a, b) =>
      a[sort.key] < b[sort.key] ? -sign : a[sort.key] > b[sort.key] ? sign : 0,
    );
  }, [failures, sort]);
  if (!failures) return <p className="empty">{t("app.loading")}</p>;
  if (rows.length === 0) return <p className="empty">{t("failures.none")}</p>;
  return (
    <>
      {!isFiled() && (
        <div className="toolbar at-end">
          <CsvLink path="stats/failures/csv" />
        </div>
      )}
      <div
        className="scroller"
        data-lost={isLost}
        tabIndex={0}
        role="region"
        aria-label={t("app.page-failures")}
      >
        <div role="table" className="grid-table failures-table">
          <div role="row" className="grid-row head">
            {COLUMNS.map(([key, label, isNumber]) => (
              <SortHeader
                key={key}
                label={t(label)}
                isNumber={isNumber}
                order={sort.key !== key ? "none" : sort.isDescending ? "descending" : "ascending"}
                onSort={() =>
                  setSort({ key, isDescending: sort.key === key ? !sort.isDescending : isNumber })
                }
              />
            ))}
          </div>
          {rows.map((row) => (
            <div
              role="row"
              className="grid-row line"
              key={`${row.method} ${row.name} ${row.kind} ${row.text}`}
            >
              <span role="cell" className="cell">
                <LongText text={row.method} />
              </span>
              <span role="cell" className="cell name">
                <LongText text={row.name} />
              </span>
              <span role="cell" className="cell name">
                {isKnown(`failures/${row.id}`) ? (
                  <button
                    type="button"
                    className="link"
                    onClick={() => setOpenId(row.id)}
                    aria-label={t("failures.open", { text: shownText(row.text) })}
                  >
                    <LongText text={row.text} />
                  </button>
                ) : (
                  <LongText text={row.text} />
                )}
              </span>
              <span role="cell" className="cell">
                {row.kind}
              </span>
              <span role="cell" className="cell number" data-label={t("failures.occurrences")}>
                {formatCount(row.occurrences)}
              </span>
              <span role="cell" className="cell number" data-label={t("failures.share")}>
                {formatPercent(row.share)}
              </span>
              <Seen wallS={row.first_seen_wall_s} label="failures.first" />
              <Seen wallS={row.last_seen_wall_s} label="failures.last" />
            </div>
          ))}
        </div>
        {failures.total > rows.length && (
          <p className="muted">
            {t("failures.more", { count: formatCount(failures.total - rows.length) })}
          </p>
        )}
        {openId !== null && (
          <FailureDrawer key={openId} id={openId} onClose={() => setOpenId(null)} />
        )}
      </div>
    </>
  );
}

function Seen({ wallS, label }: { wallS: number; label: MessageKey }) {
  return (
    <span role="cell" className="cell number" data-label={t(label)} title={formatMoment(wallS)}>
      {formatClock(wallS)}
    </span>
  );
}
