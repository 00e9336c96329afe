/** What was run: the facts of the run, and every option that was given. */

import type { Report } from "../../api/schema.gen";
import { LongText } from "../../components/long-text";
import { t } from "../../messages";
import { formatDate } from "../../numbers/format";

/** Options that the facts of the run tell as well, as they have become. */
const TOLD = new Set(["host", "locustfile", "profile"]);

export function Parameters({ report }: { report: Report }) {
  const { status, profile, locustfiles } = report;
  const start = status.start_wall_s;
  const facts: readonly (readonly [string, string])[] = [
    [t("report.host"), status.host ?? ""],
    [t("report.locustfiles"), locustfiles.join(", ")],
    [t("report.profile"), profile],
    [t("new.shape"), status.shape],
    [t("report.start"), start === null ? "" : formatDate(start)],
    [t("report.end"), start === null ? "" : formatDate(start + status.elapsed_s)],
  ];
  return (
    <table className="plain">
      <thead>
        <tr>
          <th scope="col">{t("report.parameter")}</th>
          <th scope="col">{t("report.value")}</th>
          <th scope="col">{t("report.origin")}</th>
        </tr>
      </thead>
      <tbody>
        {facts.map(([name, value]) =>
          value ? <Line key={name} name={name} value={value} origin="" /> : null,
        )}
        {report.options
          .filter((option) => !TOLD.has(option.name))
          .map((option) => (
            <Line key={option.name} {...option} />
          ))}
      </tbody>
    </table>
  );
}

function Line({ name, value, origin }: { name: string; value: string; origin: string }) {
  return (
    <tr>
      <th scope="row">{name}</th>
      <td>
        <LongText text={value} />
      </td>
      <td className="muted">
        <LongText text={origin} />
      </td>
    </tr>
  );
}
