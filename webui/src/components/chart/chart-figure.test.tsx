import { act, cleanup, fireEvent, render, screen, waitFor } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";

import type { Point } from "../../api/schema.gen";
import { formatClock } from "../../numbers/format";
import { PointSeries } from "../../numbers/time-series";
import { PercentileChart } from "../percentile-chart";
import type { PlotEvents, PlotSpec, View } from "./plot";
import { chartSource } from "./source";

// There is no canvas here: what is drawn is looked at in a browser, what is told is tested.
const drawn = vi.hoisted(() => ({ views: [] as unknown[], specs: [] as unknown[], shown: [0] }));
let events: PlotEvents | undefined;
let cursorRow: number | null = null;

vi.mock("./plot", () => ({
  Plot: class {
    cursorRow = null as number | null;
    cursorPosition = null as unknown;
    setShown = (line: number, isShown: boolean) => {
      if (!isShown) drawn.shown.push(line);
    };
    constructor(_: HTMLElement, spec: PlotSpec, __: string, given: PlotEvents) {
      drawn.specs.push(spec);
      events = given;
    }
    show = (view: View) => drawn.views.push(view);
    stepCursor = () => {
      this.cursorRow = cursorRow;
      this.cursorPosition = { wallS: cursorRow ?? 0, value: 1, secondsPerPx: 1 };
      events?.onCursor();
    };
    hideCursor = () => {
      this.cursorRow = this.cursorPosition = null;
      events?.onCursor();
    };
    fit = () => undefined;
    retheme = () => undefined;
    destroy = () => undefined;
  },
}));

function point(wallS: number, p95: number): Point {
  return [wallS, 1, 10, 0, 0, 0, p95 / 2, p95, p95, p95, p95, [], 1, 1, "OK", {}];
}

let points: PointSeries;
const listeners = new Set<() => void>();

function show() {
  const source = chartSource(points, {
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    annotations: () => [{ wall_s: 1, kind: "mark", text: "deployed", who: "web" }],
  });
  return { source, ...render(<PercentileChart title="Response times" source={source} />) };
}

function tick(...brought: Point[]) {
  points.append(brought);
  act(() => {
    for (const listener of listeners) listener();
  });
}

beforeEach(() => {
  points = new PointSeries();
  drawn.views.length = drawn.specs.length = drawn.shown.length = 0;
});
afterEach(cleanup);

it("says in words what is drawn", async () => {
  points.append([point(0, 140), point(1, 23)]);
  show();
  const chart = screen.getByRole("application", { name: /^Response times/ });
  const summary = document.getElementById(chart.getAttribute("aria-describedby") ?? "");
  await waitFor(() =>
    expect(summary?.textContent).toContain(`p95 now 23.0 ms, highest 140 ms at ${formatClock(0)}`),
  );
});

it("shows live values with units in the legend", async () => {
  points.append([point(0, 140)]);
  show();
  await waitFor(() => expect(screen.getByRole("button", { name: "p95 140 ms" })).toBeTruthy());
  tick(point(1, 0.5));
  await waitFor(() => expect(screen.getByRole("button", { name: "p95 500 µs" })).toBeTruthy());
});

it("draws once a frame however many ticks come", async () => {
  show();
  await waitFor(() => expect(drawn.views).toHaveLength(1));
  tick(point(0, 1));
  tick(point(1, 1));
  tick(point(2, 1));
  await waitFor(() => expect(drawn.views.length).toBeGreaterThan(1));
  expect(drawn.views).toHaveLength(2);
  expect(drawn.specs).toHaveLength(1);
});

it("moves the cursor by keys and tells the place politely", async () => {
  points.append([point(0, 140), point(1, 23)]);
  cursorRow = 0;
  const { container } = show();
  await waitFor(() => expect(drawn.views).toHaveLength(1));
  const spoken = container.querySelector("[aria-live=polite]");
  const chart = screen.getByRole("application");
  fireEvent.keyDown(chart, { key: "ArrowLeft" });
  expect(spoken?.textContent).toMatch(new RegExp(`^${formatClock(0)}: p50 70.0 ms.* p95 140 ms`));
  expect(container.querySelector(".chart-moment")?.textContent).toContain("deployed (web)");
  fireEvent.keyDown(chart, { key: "Escape" });
  expect(spoken?.textContent).toBe("");
  expect(container.querySelector(".chart-moment")?.textContent).toBe("now");
});

it("leaves other keys to the page", () => {
  show();
  expect(fireEvent.keyDown(screen.getByRole("application"), { key: " " })).toBe(true);
  expect(fireEvent.keyDown(screen.getByRole("application"), { key: "ArrowLeft" })).toBe(false);
});

it("hides a line and says so", async () => {
  points.append([point(0, 140)]);
  show();
  const line = await screen.findByRole("button", { name: "max 140 ms" });
  fireEvent.click(line);
  expect(line.getAttribute("aria-pressed")).toBe("false");
  expect(drawn.shown).toEqual([4]);
});

it("makes a table of the last minute on demand, newest first", () => {
  points.append(Array.from({ length: 100 }, (_, second) => point(second, second + 1)));
  show();
  expect(screen.queryByRole("table")).toBeNull();
  fireEvent.click(screen.getByRole("button", { name: "Table" }));
  const rows = screen.getAllByRole("row");
  expect(rows).toHaveLength(61);
  expect(rows[1]?.textContent).toBe(`${formatClock(99)}50.0 ms100 ms100 ms100 ms100 ms`);
});

it("turns to a logarithmic scale by a new drawing", async () => {
  show();
  fireEvent.click(screen.getByRole("button", { name: "Log scale" }));
  await waitFor(() => expect(drawn.specs).toHaveLength(2));
  expect(drawn.specs[1]).toMatchObject({ axis: { scale: "log" } });
});

it("waits visibly for the first request, and stands still while the server is lost", async () => {
  const { container, rerender, source } = show();
  await waitFor(() => expect(drawn.views).toHaveLength(1));
  const chart = screen.getByRole("application");
  expect(chart.dataset["empty"]).toBe("points");
  tick([0, 1, 0, 0, 0, 0, null, null, null, null, null, [], 3, 3, "OK", {}]);
  await waitFor(() => expect(chart.dataset["empty"]).toBe("lines"));
  tick(point(1, 20));
  await waitFor(() => expect(chart.dataset["empty"]).toBe("no"));
  const views = drawn.views.length;
  rerender(<PercentileChart title="Response times" source={source} isPaused />);
  expect(container.querySelector("figure")?.dataset["paused"]).toBe("true");
  expect(container.querySelector(".chart-moment")?.textContent).toBe("data paused");
  expect(drawn.views).toHaveLength(views);
});
