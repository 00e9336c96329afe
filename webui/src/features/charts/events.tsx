/** What was done to the run and when: the annotations of the charts as a list. */

import type { Annotation } from "../../api/schema.gen";
import { t } from "../../messages";
import { formatClock } from "../../numbers/format";

const SHOWN = 200;

export function Events({ annotations }: { annotations: readonly Annotation[] }) {
  const newest = annotations.slice(-SHOWN).reverse();
  return (
    <details className="chart-events">
      <summary>
        {t("charts.events")} ({annotations.length})
      </summary>
      {newest.length === 0 ? (
        <p>{t("charts.no-events")}</p>
      ) : (
        <ol>
          {newest.map((each, index) => (
            <li key={annotations.length - index}>
              <time dateTime={new Date(each.wall_s * 1000).toISOString()}>
                {formatClock(each.wall_s)}
              </time>
              <span>{each.text}</span>
              <span>{each.who}</span>
            </li>
          ))}
        </ol>
      )}
    </details>
  );
}
