import { describe, expect, it } from "vitest";

import type { Worker, Workers } from "../../api/schema.gen";
import { rankOf, rowsOf } from "./rows";

const WORKER: Worker = {
  index: 0,
  name: "w",
  host: "h",
  pid: 1,
  version: "1",
  state: "running",
  reason: "",
  users: 1,
  target_users: 1,
  is_drained: false,
  requests: 100,
  unaccounted_requests: 0,
  unaccounted_s: 0,
  unaccounted_estimate: 0,
  cpu_share: 0.1,
  memory_bytes: 1,
  python_age_s: 0,
  blocking: "",
  heartbeat_age_s: 0,
  clock_skew_s: 0,
  round_trip_s: 0,
  verdict: "OK",
  cause: "",
  resume_delay_p99_ms: 0,
  has_other_locustfile: false,
};

const workers = (wall_s: number, ...rows: Partial<Worker>[]): Workers => ({
  wall_s,
  is_degraded: false,
  workers: rows.map((row, index) => ({ ...WORKER, index, ...row })),
});

describe("workers", () => {
  it("are looked at in the order of their troubles", () => {
    const troubles: Partial<Worker>[] = [
      { state: "missing" },
      { state: "stuck" },
      { state: "busy" },
      { verdict: "INVALID" },
      { verdict: "LATE" },
      { has_other_locustfile: true },
      { cpu_share: 1.2 },
      { clock_skew_s: -2 },
      {},
    ];
    expect(troubles.map((row) => rankOf({ ...WORKER, ...row }))).toEqual([
      0, 1, 2, 3, 4, 5, 6, 7, 8,
    ]);
    const rows = rowsOf(workers(1, {}, { state: "busy" }, {}, { state: "missing" }), null);
    expect(rows.map((row) => row.worker.index)).toEqual([3, 1, 0, 2]);
  });

  it("have a rate and a share once there are two readings", () => {
    const first = workers(10, { requests: 100 }, { requests: 0 });
    expect(rowsOf(first, null).map((row) => row.perS)).toEqual([null, null]);
    const rows = rowsOf(workers(12, { requests: 700 }, { requests: 200 }), first);
    expect(rows.map((row) => [row.perS, row.share])).toEqual([
      [300, 0.75],
      [100, 0.25],
    ]);
  });

  it("have no rate where figures were reset, nor a share of nothing", () => {
    const first = workers(10, { requests: 100 }, { requests: 50 });
    const rows = rowsOf(workers(12, { requests: 20 }, { requests: 50 }), first);
    expect(rows.map((row) => [row.perS, row.share])).toEqual([
      [null, null],
      [0, null],
    ]);
  });
});
