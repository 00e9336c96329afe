/** The pages, and the part of the URL behind `#/` that chooses one. */

import { lazy, type LazyExoticComponent, type ComponentType, useSyncExternalStore } from "react";

import type { MessageKey } from "../messages";

type Page = ComponentType;

export interface Route {
  path: string;
  key: string;
  label: MessageKey;
  /** Only where the users run on workers. */
  needsWorkers?: boolean;
  /** Only where the locustfile adds something to the page. */
  needsExtras?: boolean;
  page: LazyExoticComponent<Page>;
  load: () => Promise<unknown>;
}

/** A page that is loaded when it is first shown, or before. */
function lazily(load: () => Promise<Page>): Pick<Route, "page" | "load"> {
  return { page: lazy(async () => ({ default: await load() })), load };
}

export const ROUTES: readonly Route[] = [
  {
    path: "live",
    key: "l",
    label: "app.page-live",
    ...lazily(async () => (await import("../features/charts/live-page")).LivePage),
  },
  {
    path: "requests",
    key: "r",
    label: "app.page-requests",
    ...lazily(async () => (await import("../features/statistics/requests-page")).RequestsPage),
  },
  {
    path: "failures",
    key: "f",
    label: "app.page-failures",
    ...lazily(async () => (await import("../features/failures/failures-page")).FailuresPage),
  },
  {
    path: "exceptions",
    key: "x",
    label: "app.page-exceptions",
    ...lazily(async () => (await import("../features/exceptions/exceptions-page")).ExceptionsPage),
  },
  {
    path: "workers",
    key: "w",
    label: "app.page-workers",
    needsWorkers: true,
    ...lazily(async () => (await import("../features/workers/workers-page")).WorkersPage),
  },
  {
    path: "extras",
    key: "a",
    label: "app.page-extras",
    needsExtras: true,
    ...lazily(async () => (await import("../features/extras/extras-page")).ExtrasPage),
  },
  {
    path: "logs",
    key: "o",
    label: "app.page-logs",
    ...lazily(async () => (await import("../features/logs/logs-page")).LogsPage),
  },
  {
    path: "new",
    key: "n",
    label: "app.page-new",
    ...lazily(async () => (await import("../features/run-control/new-run-page")).NewRunPage),
  },
];

/** Load all pages, so that they are there even when the server is not. */
export function loadPages(): void {
  for (const { load } of ROUTES) load().catch(() => undefined);
}

export function goTo(path: string): void {
  window.location.hash = `#/${path}`;
}

/** The path that the URL names; null where it names none. */
export function usePath(): string | null {
  return useSyncExternalStore(
    (listener) => {
      window.addEventListener("hashchange", listener);
      return () => window.removeEventListener("hashchange", listener);
    },
    () => /^#\/(\w+)/.exec(window.location.hash)?.[1] ?? null,
  );
}
