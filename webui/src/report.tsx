import "./app/theme.css";
import "./app/app.css";
import "./app/report.css";

import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { answerFrom } from "./api/client";
import { live } from "./api/queries";
import type { Report } from "./api/schema.gen";
import { ReportPage } from "./app/report";

const data = document.getElementById("report")?.textContent;
const root = document.getElementById("root");
if (root && data) {
  const report = JSON.parse(data) as Report;
  if (report.theme !== "auto") document.documentElement.dataset.theme = report.theme;
  if (report.profile) document.title = report.profile;
  answerFrom(
    new Map<string, unknown>([
      ["failures", report.failures],
      ["exceptions", report.exceptions],
      ["workers", report.workers],
      ...report.captured.map((one) => [`failures/${one.failure.id}`, one] as const),
      ...report.endpoints.map((endpoint) => [`endpoints/${endpoint.id}`, endpoint] as const),
    ]),
  );
  live.show(report);
  createRoot(root).render(
    <StrictMode>
      <ReportPage report={report} />
    </StrictMode>,
  );
}
