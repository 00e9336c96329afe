/** A run as one page: the live pages below each other, fed from the file that they are in. */

import { useEffect, useState, type ReactNode } from "react";

import { live } from "../api/queries";
import type { Report } from "../api/schema.gen";
import { chartSource } from "../components/chart/source";
import { LiveCharts } from "../features/charts/live-charts";
import { ExceptionsPage } from "../features/exceptions/exceptions-page";
import { FailuresPage } from "../features/failures/failures-page";
import { Parameters } from "../features/report/parameters";
import { Summary } from "../features/report/summary";
import { Tasks } from "../features/report/tasks";
import { RequestsPage } from "../features/statistics/requests-page";
import { WorkersPage } from "../features/workers/workers-page";
import { type MessageKey, t } from "../messages";
import { formatDate } from "../numbers/format";
import { Banner } from "./banner";

const ENDED = new Set(["stopped", "failed", "ready"]);

export function ReportPage({ report }: { report: Report }) {
  const { status } = report;
  const [source] = useState(() =>
    chartSource(live.points, {
      preset: "all",
      hasEnded: true,
      annotations: () => report.history.annotations,
      nowS: () => (status.start_wall_s ?? Number.NaN) + status.elapsed_s,
    }),
  );
  usePrintedLight();
  const users = live.points.column("users").filter((count) => !Number.isNaN(count));
  return (
    <>
      <header className="report-head">
        <h1>{report.profile || t("report.title")}</h1>
        <p className="muted">
          {t("report.of", {
            locustfiles: report.locustfiles.map(baseOf).join(", "),
            moment: formatDate(status.start_wall_s ?? report.made_wall_s),
          })}
        </p>
        {!ENDED.has(status.state) && <p className="bad">{t("report.unfinished")}</p>}
        <Banner />
      </header>
      <main className="report">
        <Summary report={report} peakUsers={users.reduce((a, b) => Math.max(a, b), 0)} />
        <Part title="report.charts">
          <LiveCharts
            source={source}
            annotations={report.history.annotations}
            isPaused={false}
            emptyText={t("charts.empty")}
          />
        </Part>
        <Part title="report.requests-title">
          <RequestsPage />
        </Part>
        <Part title="report.failures-title">
          <FailuresPage />
        </Part>
        <Part title="report.exceptions">
          <ExceptionsPage />
        </Part>
        {report.workers_count && (
          <Part title="report.workers">
            <WorkersPage />
          </Part>
        )}
        {report.tasks.length > 0 && (
          <Part title="report.tasks">
            <Tasks tasks={report.tasks} />
          </Part>
        )}
        <Part title="report.parameters">
          <Parameters report={report} />
        </Part>
        <p className="muted">
          {t("report.made", {
            version: report.product_version,
            moment: formatDate(report.made_wall_s),
          })}
        </p>
      </main>
    </>
  );
}

function Part({ title, children }: { title: MessageKey; children: ReactNode }) {
  return (
    <section className="part">
      <h2>{t(title)}</h2>
      {children}
    </section>
  );
}

function baseOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** Paper is white, whatever the screen is. */
function usePrintedLight(): void {
  useEffect(() => {
    const { dataset } = document.documentElement;
    let before: string | undefined;
    const onBefore = () => {
      before = dataset.theme;
      dataset.theme = "light";
    };
    const onAfter = () => {
      if (before === undefined) delete dataset.theme;
      else dataset.theme = before;
    };
    window.addEventListener("beforeprint", onBefore);
    window.addEventListener("afterprint", onAfter);
    return () => {
      window.removeEventListener("beforeprint", onBefore);
      window.removeEventListener("afterprint", onAfter);
    };
  }, []);
}
