/** What the locustfile raised. */

import { isFiled, usePolled } from "../../api/queries";
import type { ScriptErrors } from "../../api/schema.gen";
import { CsvLink } from "../../components/csv-link";
import { LongText } from "../../components/long-text";
import { t } from "../../messages";
import { formatClock, formatCount } from "../../numbers/format";

export function ExceptionsPage() {
  const errors = usePolled<ScriptErrors>("exceptions", 2000);
  if (!errors) return <p className="empty">{t("app.loading")}</p>;
  if (errors.exceptions.length === 0) return <p className="empty">{t("exceptions.none")}</p>;
  return (
    <>
      {!isFiled() && (
        <div className="toolbar at-end">
          <CsvLink path="exceptions/csv" />
        </div>
      )}
      <ul className="exceptions">
        {errors.exceptions.map((row) => (
          <li key={row.title + row.traceback} className="card">
            <h2>
              <LongText text={row.title} />
            </h2>
            <p className="muted">
              {t("exceptions.count", { count: formatCount(row.count) })},{" "}
              {t("exceptions.seen", {
                first: formatClock(row.first_seen_wall_s),
                last: formatClock(row.last_seen_wall_s),
              })}
            </p>
            {row.traceback && (
              <details>
                <summary>{t("exceptions.traceback")}</summary>
                <pre dir="ltr" tabIndex={0}>
                  {row.traceback}
                </pre>
              </details>
            )}
          </li>
        ))}
      </ul>
    </>
  );
}
