/** The frame: strip, control, pages. */

import { Suspense, useEffect, useState } from "react";

import { useLive } from "../api/queries";
import { ControlBar } from "../features/run-control/control-bar";
import { t } from "../messages";
import { Banner } from "./banner";
import { Navigation } from "./navigation";
import { PageFence } from "./page-fence";
import { goTo, loadPages, ROUTES, usePath } from "./routes";
import { StatusStrip } from "./status-strip";
import { applyTheme, readTheme, THEMES } from "./theme";
import { usePageKeys } from "./use-page-keys";

/** When the first figures are there. */
const LOAD_PAGES_AFTER_MS = 1500;

export function App() {
  const path = usePath();
  const run = useLive((state) => state.status?.run);
  // Before the first run there is nothing to look at, only something to start.
  const shown = path ?? (run === 0 ? "new" : "live");
  const route = ROUTES.find((one) => one.path === shown) ?? ROUTES[0];
  usePageKeys();
  useEffect(() => {
    const timer = setTimeout(loadPages, LOAD_PAGES_AFTER_MS);
    return () => clearTimeout(timer);
  }, []);
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
        <PageFence key={route.path}>
          <Suspense fallback={<p className="empty">{t("app.loading")}</p>}>
            <Page />
          </Suspense>
        </PageFence>
      </main>
    </>
  );
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
