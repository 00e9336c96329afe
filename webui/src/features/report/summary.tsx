/** What a run came to, in one line of figures and one sentence on whether to believe them. */

import { ROW, type Report } from "../../api/schema.gen";
import { Figure } from "../../components/figure";
import { t } from "../../messages";
import {
  formatCount,
  formatDuration,
  formatMs,
  formatPercent,
  formatRate,
  NOTHING,
} from "../../numbers/format";

export function Summary({ report, peakUsers }: { report: Report; peakUsers: number }) {
  const { total, status, health } = report;
  const requests = total[ROW.requests];
  const failed = requests > 0 ? total[ROW.failures] / requests : null;
  const cancelled = total[ROW.cancelled];
  return (
    <section aria-label={t("report.summary")} className="card">
      <div className="strip">
        <Figure label={t("report.requests")}>{formatCount(requests)}</Figure>
        <Figure label={t("report.failures")} isBad={failed !== null && failed > 0}>
          {formatCount(total[ROW.failures])}
          <small>{failed === null ? NOTHING : formatPercent(failed)}</small>
        </Figure>
        {cancelled > 0 && <Figure label={t("report.cancelled")}>{formatCount(cancelled)}</Figure>}
        <Figure label={t("report.rps")}>{formatRate(total[ROW.rps])}</Figure>
        <Figure label={t("report.p50")}>{formatMs(total[ROW.p50_ms])}</Figure>
        <Figure label={t("report.p95")}>{formatMs(total[ROW.p95_ms])}</Figure>
        <Figure label={t("report.p99")}>{formatMs(total[ROW.p99_ms])}</Figure>
        <Figure label={t("report.max")}>{formatMs(total[ROW.max_ms])}</Figure>
        <Figure label={t("report.average")}>{formatMs(total[ROW.avg_ms])}</Figure>
        <Figure label={t("report.users")}>{formatCount(peakUsers)}</Figure>
        <Figure label={t("report.elapsed")}>{formatDuration(status.elapsed_s)}</Figure>
        {status.ending && <Figure label={t("report.ending")}>{status.ending}</Figure>}
        {report.exit_code !== null && (
          <Figure label={t("report.exit-code")} isBad={report.exit_code !== 0}>
            {report.exit_code}
          </Figure>
        )}
      </div>
      <p className="verdict">
        <b data-verdict={health.verdict}>{health.verdict}</b>{" "}
        {t(`report.health-${health.verdict}`, {
          late: formatDuration(report.late_s),
          invalid: formatDuration(report.invalid_s),
          judged: formatDuration(report.judged_s),
        })}
      </p>
      {health.causes.length > 0 && (
        <ul>
          {health.causes.map((cause) => (
            <li key={cause}>{cause}</li>
          ))}
        </ul>
      )}
      {health.unverified.length > 0 && (
        <p>{t("strip.unverified", { classes: health.unverified.join(", ") })}</p>
      )}
    </section>
  );
}
