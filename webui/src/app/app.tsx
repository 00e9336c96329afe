/** The frame: strip, control, pages. */

import { Suspense, useState } from "react";

import { useLive, usePolled } from "../api/queries";
import { ControlBar } from "../features/run-control/control-bar";
import type { Extras, WorkersCount } from "../api/schema.gen";
import { t } from "../messages";
import { formatCompact } from "../numbers/format";
import { Banner } from "./banner";
import { goTo, type Route, ROUTES, usePath } from "./routes";
import { StatusStrip } from "./status-strip";
import { applyTheme, readTheme, THEMES } from "./theme";
import { usePageKeys } from "./use-page-keys";

export function App() {
  const path = usePath();
  const run = useLive((state) => state.status?.run);
  // Before the first run there is nothing to look at, only something to start.
  const shown = path ?? (run === 0 ? "new" : "live");
  const route = ROUTES.find((one) => one.path === shown) ?? ROUTES[0];
  usePageKeys();
  if (!route) return null;
  const Page = route.page;
  return (
    <>
      <a className="skip" href="#page">
        {t("app.skip")}
      </a>
      <header className="frame">
        <div className="frame-top">
          <strong className="brand">locust_like</strong>
          <Navigation shown={route.path} />
          <ThemeButton />
        </div>
        <StatusStrip />
        <ControlBar onStart={() => goTo("new")} onStarted={() => goTo("live")} />
        <Banner />
      </header>
      <main id="page" tabIndex={-1}>
        <h1 className="hidden">{t(route.label)}</h1>
        <Suspense fallback={<p className="empty">{t("app.loading")}</p>}>
          <Page />
        </Suspense>
      </main>
    </>
  );
}

function Navigation({ shown }: { shown: string }) {
  const failures = useLive((state) => state.failureKinds);
  const exceptions = useLive((state) => state.exceptions);
  const warnings = useLive((state) => state.warnings);
  const hasWorkers = useLive((state) => state.workers !== null);
  const troubled = useLive((state) => troubledOf(state.workers));
  const extras = usePolled<Extras>("extras", 30_000);
  const hasExtras = extras !== null && extras.tables.length + extras.files.length > 0;
  const isShown = (route: Route) =>
    (hasWorkers || !route.needsWorkers) && (hasExtras || !route.needsExtras);
  const counts: Record<string, number> = {
    failures,
    exceptions,
    logs: warnings,
    workers: troubled,
  };
  return (
    <nav aria-label={t("app.pages")}>
      {ROUTES.filter(isShown).map((route) => {
        const count = counts[route.path] ?? 0;
        return (
          <a
            key={route.path}
            href={`#/${route.path}`}
            aria-current={route.path === shown ? "page" : undefined}
          >
            {t(route.label)}
            {count > 0 && <span className="badge">{formatCompact(count)}</span>}
          </a>
        );
      })}
    </nav>
  );
}

/** How many workers want to be looked at: the lost ones, and those with a trouble. */
function troubledOf(workers: WorkersCount | null): number {
  return workers ? workers.known - workers.here + workers.troubled : 0;
}

function ThemeButton() {
  const [theme, setTheme] = useState(readTheme);
  const change = () => {
    const next = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] ?? "auto";
    applyTheme(next);
    setTheme(next);
  };
  const label = t("app.theme", { theme: t(`app.theme-${theme}`) });
  return (
    <button type="button" className="quiet" onClick={change} aria-label={label} title={label}>
      {theme === "dark" ? "☾" : theme === "light" ? "☀" : "◐"}
    </button>
  );
}
