import { describe, expect, it } from "vitest";

import type { Point } from "../api/schema.gen";
import { isBreak, KEPT_S, lastAtOrBefore, PointSeries } from "./time-series";

interface Wanted {
  requests?: number;
  failures?: number;
  p95?: number | null;
  errors?: Record<string, number>;
  verdict?: "OK" | "LATE" | "INVALID";
  users?: number | null;
}

function point(wallS: number, seconds = 1, wanted: Wanted = {}): Point {
  const { requests = 10, failures = 0, p95 = 95, errors = {}, verdict = "OK", users = 5 } = wanted;
  const heat = [40, requests];
  const bytes = requests * 100;
  return [
    wallS,
    seconds,
    requests,
    failures,
    0,
    bytes,
    50,
    90,
    p95,
    99,
    100,
    heat,
    users,
    10,
    verdict,
    errors,
  ];
}

function seconds(from: number, to: number): Point[] {
  return Array.from({ length: to - from }, (_, index) => point(from + index));
}

function seriesOf(...points: Point[]): PointSeries {
  const series = new PointSeries();
  series.append(points);
  return series;
}

describe("columns", () => {
  it("tells rates per second whatever the length of the interval", () => {
    const series = seriesOf(point(0, 10, { requests: 50, failures: 20 }), point(10, 1));
    expect([...series.column("rps")]).toEqual([5, 10]);
    expect([...series.column("failPerS")]).toEqual([2, 0]);
    expect([...series.column("bytesPerS")]).toEqual([500, 1000]);
  });

  it("keeps what was not measured apart from 0", () => {
    const series = seriesOf(point(0, 1, { requests: 0, p95: null, users: null }));
    expect(series.at("rps", 0)).toBe(0);
    expect(series.at("p95Ms", 0)).toBeNaN();
    expect(series.at("users", 0)).toBeNaN();
  });

  it("is NaN outside its rows", () => {
    const series = new PointSeries();
    expect(series.at("rps", 0)).toBeNaN();
    expect(series.lastWallS).toBeNaN();
    expect(series.heatAt(0)).toEqual([]);
  });

  it("tells failures by kind, 0 before a kind appeared", () => {
    const series = seriesOf(
      point(0),
      point(1, 1, { errors: { status: 3 } }),
      point(2, 2, { errors: { "timeout-read": 4, status: 2 } }),
    );
    expect(series.kinds).toEqual(["status", "timeout-read"]);
    expect([...series.errorColumn("status")]).toEqual([0, 3, 1]);
    expect([...series.errorColumn("timeout-read")]).toEqual([0, 0, 2]);
    expect([...series.errorColumn("dns")]).toEqual([0, 0, 0]);
  });

  it("gathers kinds beyond the bound under one name", () => {
    const errors = Object.fromEntries(Array.from({ length: 50 }, (_, kind) => [`kind-${kind}`, 1]));
    const series = seriesOf(point(0, 1, { errors }));
    expect(series.kinds).toHaveLength(33);
    expect(series.errorColumn("other")[0]).toBe(18);
  });

  it("grows beyond its first capacity", () => {
    const series = seriesOf(...seconds(0, 5000));
    expect(series.length).toBe(5000);
    expect(series.at("wallS", 4999)).toBe(4999);
    expect(series.heatAt(4321)).toEqual([40, 10]);
  });
});

describe("resume", () => {
  it("replaces a point that comes again", () => {
    const series = seriesOf(...seconds(0, 5), point(3, 1, { requests: 77 }));
    expect(series.length).toBe(5);
    expect(series.at("rps", 3)).toBe(77);
  });

  it("forgets the failures of a replaced point", () => {
    const series = seriesOf(point(0, 1, { errors: { status: 3 } }), point(0));
    expect([...series.errorColumn("status")]).toEqual([0]);
  });

  it("puts a late point where it belongs", () => {
    const series = seriesOf(point(0), point(1), point(3), point(2, 1, { requests: 22 }));
    expect([...series.column("wallS")]).toEqual([0, 1, 2, 3]);
    expect([...series.column("rps")]).toEqual([10, 10, 22, 10]);
    expect(series.heatAt(2)).toEqual([40, 22]);
    expect(series.breaksBefore(3)).toBe(false);
  });

  it("puts a point before all others", () => {
    const series = seriesOf(point(5), point(1));
    expect([...series.column("wallS")]).toEqual([1, 5]);
  });

  it("changes its version with each change only", () => {
    const series = seriesOf(point(0));
    const version = series.version;
    series.append([]);
    expect(series.version).toBe(version);
    series.append([point(0)]);
    expect(series.version).toBeGreaterThan(version);
  });
});

describe("gaps", () => {
  it("breaks where intervals are missing", () => {
    const series = seriesOf(point(0), point(1), point(5), point(6));
    expect([0, 1, 2, 3].map((row) => series.breaksBefore(row))).toEqual([
      false,
      false,
      true,
      false,
    ]);
  });

  it("does not break where 10 s become 1 s", () => {
    const series = seriesOf(point(0, 10), point(10, 10), point(20, 1), point(21, 1));
    expect([1, 2, 3].some((row) => series.breaksBefore(row))).toBe(false);
  });

  it("bears a clock that is a little off", () => {
    expect(isBreak(0, 1, 1.3)).toBe(false);
    expect(isBreak(0, 1, 2)).toBe(true);
  });
});

describe("24 hours", () => {
  it("drops what is older", () => {
    const series = seriesOf(point(0), point(KEPT_S - 1), point(KEPT_S));
    expect([...series.column("wallS")]).toEqual([KEPT_S - 1, KEPT_S]);
  });

  it("stays bounded when the history is never fetched", () => {
    const series = new PointSeries();
    for (let hour = 0; hour < 30; hour += 1) series.append(seconds(hour * 3600, (hour + 1) * 3600));
    expect(series.length).toBe(KEPT_S);
    expect(series.firstWallS).toBe(30 * 3600 - KEPT_S);
    expect(series.breaksBefore(1)).toBe(false);
    expect(series.heatAt(0)).toEqual([40, 10]);
  });

  it("asks for the history after 30 minutes of 1-s rows and is content with it", () => {
    const series = seriesOf(...seconds(0, 1800));
    expect(series.needsHistory).toBe(false);
    series.append([point(1800)]);
    expect(series.needsHistory).toBe(true);
    series.replace([point(0, 10), ...seconds(901, 1801)]);
    expect(series.needsHistory).toBe(false);
    series.replace(seconds(0, 3600));
    expect(series.needsHistory).toBe(false);
    expect(series.length).toBe(3600);
  });
});

it("keeps what came while the history was on its way, and nothing of a run before", () => {
  const series = seriesOf(...seconds(0, 30));
  series.replace(seconds(0, 28));
  expect(series.length).toBe(30);
  expect(series.breaksBefore(29)).toBe(false);
  series.replace([]);
  expect(series.length).toBe(0);
});

it("knows whether any request has finished", () => {
  const series = seriesOf(point(0, 1, { requests: 0 }));
  expect(series.hasRequests).toBe(false);
  series.append([point(1)]);
  expect(series.hasRequests).toBe(true);
  series.clear();
  expect(series.hasRequests).toBe(false);
});

it("starts anew with a new run", () => {
  const series = seriesOf(point(0, 1, { errors: { status: 1 } }));
  series.clear();
  expect(series.length).toBe(0);
  expect(series.kinds).toEqual([]);
  series.append([point(7)]);
  expect([...series.column("wallS")]).toEqual([7]);
});

it("finds the interval of a moment", () => {
  const series = seriesOf(
    point(0, 1, { verdict: "LATE" }),
    point(1, 1, { verdict: "INVALID" }),
    point(2),
  );
  expect(series.rowAt(-1)).toBe(-1);
  expect(series.rowAt(1.7)).toBe(1);
  expect(series.rowAt(99)).toBe(2);
  expect([0, 1, 2].map((row) => series.verdictAt(row))).toEqual(["LATE", "INVALID", "OK"]);
  expect(lastAtOrBefore(new Float64Array(), 1)).toBe(-1);
});
