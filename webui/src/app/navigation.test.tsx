import { cleanup, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { live } from "../api/queries";
import type { Report, WorkersCount } from "../api/schema.gen";
import { Navigation } from "./navigation";

function show(workers: Partial<WorkersCount>): void {
  live.show({
    names: [],
    rows: [],
    history: { run: 1, points: [], annotations: [] },
    failures: { failures: [], total: 3 },
    exceptions: { exceptions: [] },
    workers_count: { here: 3, known: 3, troubled: 0, is_degraded: false, ...workers },
  } as unknown as Report);
}

describe("the links to the pages", () => {
  beforeEach(() => {
    vi.stubGlobal("fetch", () => new Promise(() => undefined));
    show({});
  });
  afterEach(cleanup);

  it("say in words what is counted", () => {
    render(<Navigation shown="live" />);
    expect(screen.getByRole("link", { name: "Failures kinds of failure: 3" })).toBeTruthy();
    expect(screen.getByRole("link", { name: "Live" }).getAttribute("aria-current")).toBe("page");
  });

  it("do not count workers, but those that want to be looked at", () => {
    show({ here: 2, troubled: 1 });
    render(<Navigation shown="live" />);
    expect(screen.getByRole("link", { name: "Workers lost or in trouble: 2" })).toBeTruthy();
    expect(screen.getByText("⚠ 2")).toBeTruthy();
  });

  it("are quiet while all workers are well", () => {
    render(<Navigation shown="live" />);
    expect(screen.getByRole("link", { name: "Workers" })).toBeTruthy();
  });
});
