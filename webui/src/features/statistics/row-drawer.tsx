/** Everything about one endpoint, beside the table. */

import { isFiled, usePolled } from "../../api/queries";
import { type Endpoint, type PhaseTime, ROW } from "../../api/schema.gen";
import { Drawer } from "../../components/drawer";
import { LongText } from "../../components/long-text";
import { t } from "../../messages";
import { formatBytes, formatCount, formatMs, formatPercent } from "../../numbers/format";
import { EndpointChart } from "./endpoint-chart";

const REFRESH_MS = 2000;

export function RowDrawer({ id, onClose }: { id: number; onClose: () => void }) {
  const endpoint = usePolled<Endpoint>(`endpoints/${id}`, REFRESH_MS);
  return (
    <Drawer
      title={
        endpoint ? <LongText text={`${endpoint.method} ${endpoint.name}`} /> : t("app.loading")
      }
      onClose={onClose}
    >
      {endpoint && <Details endpoint={endpoint} />}
    </Drawer>
  );
}

function Details({ endpoint }: { endpoint: Endpoint }) {
  const { row } = endpoint;
  const codes = Object.entries(endpoint.status_codes);
  const protocols = Object.entries(endpoint.protocols);
  return (
    <>
      {!isFiled() && <EndpointChart id={endpoint.id} />}
      <h3>{t("drawer.phases")}</h3>
      <Phases phases={endpoint.phases} />
      <h3>{t("drawer.histogram")}</h3>
      <Histogram
        bars={endpoint.histogram}
        label={t("drawer.histogram-label", {
          count: formatCount(row[ROW.requests]),
          p50: formatMs(row[ROW.p50_ms]),
          p95: formatMs(row[ROW.p95_ms]),
          max: formatMs(row[ROW.max_ms]),
        })}
      />
      <h3>{t("drawer.codes")}</h3>
      <p>{listed(codes)}</p>
      <h3>{t("drawer.protocols")}</h3>
      <p>{listed(protocols)}</p>
      {endpoint.failures.length > 0 && (
        <>
          <h3>{t("drawer.failures")}</h3>
          <ul>
            {endpoint.failures.map((failure) => (
              <li key={failure.kind + failure.text}>
                {formatCount(failure.occurrences)} ({formatPercent(failure.share)}){" "}
                <LongText text={failure.text} />
              </li>
            ))}
          </ul>
        </>
      )}
      <p className="muted">
        {t("drawer.sent", {
          sent: formatBytes(endpoint.sent_bytes),
          received: formatBytes(endpoint.received_bytes),
          retries: formatCount(endpoint.retries),
          hops: formatCount(endpoint.hops),
        })}
      </p>
    </>
  );
}

function listed(counts: readonly (readonly [string, number])[]): string {
  return counts.map(([word, count]) => `${word}: ${formatCount(count)}`).join(" · ") || "–";
}

function Phases({ phases }: { phases: readonly PhaseTime[] }) {
  const longest = Math.max(...phases.map((phase) => phase.p95_ms ?? phase.mean_ms ?? 0), 1e-9);
  return (
    <table className="plain">
      <thead>
        <tr>
          <th scope="col">{t("drawer.phase")}</th>
          <th scope="col" className="number">
            {t("drawer.mean")}
          </th>
          <th scope="col" className="number">
            {t("drawer.p95")}
          </th>
          <td />
        </tr>
      </thead>
      <tbody>
        {phases.map((phase) => (
          <tr key={phase.phase}>
            <th scope="row">{t(`drawer.phase-${phase.phase}`)}</th>
            <td className="number">{formatMs(phase.mean_ms)}</td>
            <td className="number">{formatMs(phase.p95_ms)}</td>
            <td className="bar-cell">
              <meter min={0} max={longest} value={phase.p95_ms ?? 0} aria-hidden="true" />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Histogram({ bars, label }: { bars: Endpoint["histogram"]; label: string }) {
  const most = Math.max(...bars.map(([, , count]) => count), 1);
  return (
    <figure className="histogram">
      <svg
        viewBox={`0 0 ${Math.max(bars.length, 1)} 40`}
        preserveAspectRatio="none"
        role="img"
        aria-label={label}
      >
        {bars.map(([lower, , count], index) => (
          <rect
            key={lower}
            x={index + 0.08}
            width={0.84}
            y={40 - (count / most) * 40}
            height={(count / most) * 40}
          />
        ))}
      </svg>
      <figcaption className="muted">{label}</figcaption>
    </figure>
  );
}
