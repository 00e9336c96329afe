import { expect, it } from "vitest";

import type { Point } from "../../api/schema.gen";
import { formatClock, formatMs } from "../../numbers/format";
import { PointSeries } from "../../numbers/time-series";
import type { Line } from "./lines";
import { liveRow, peakOf, readingsAt, sentenceAt } from "./readings";
import { chartSource, edgeOf } from "./source";

const P95: Line = {
  label: "p95",
  slot: 0,
  read: (points) => points.column("p95Ms"),
  envelope: "upper",
};
const MAX: Line = {
  label: "max",
  slot: 1,
  read: (points) => points.column("maxMs"),
  envelope: "upper",
};

function point(wallS: number, p95: number | null): Point {
  return [wallS, 1, 1, 0, 0, 0, 1, 1, p95, 1, null, [], 1, 1, "OK", {}];
}

function seriesOf(...p95: (number | null)[]): PointSeries {
  const series = new PointSeries();
  series.append(p95.map((value, wallS) => point(wallS, value)));
  return series;
}

it("tells values with units and a dash for nothing", () => {
  const series = seriesOf(20, 140);
  expect(readingsAt([P95, MAX], formatMs, series, 1)).toEqual(["140 ms", "–"]);
  expect(readingsAt([P95, MAX], formatMs, series, -1)).toEqual(["–", "–"]);
  expect(sentenceAt([P95, MAX], formatMs, series, 0)).toBe("p95 20.0 ms, max –");
});

it("tells the highest and when it was", () => {
  const series = seriesOf(20, null, 140, 30);
  expect(peakOf(P95, formatMs, series, -1, 3)).toEqual({ value: "140 ms", clock: formatClock(2) });
  expect(peakOf(P95, formatMs, series, 3, 3)).toEqual({ value: "30.0 ms", clock: formatClock(3) });
  expect(peakOf(MAX, formatMs, series, 0, 3)).toBeNull();
});

it("has no value for now when nothing was measured lately", () => {
  const series = seriesOf(20, 30);
  expect(liveRow(series, 2)).toBe(1);
  expect(liveRow(series, 5)).toBe(1);
  expect(liveRow(series, 6)).toBe(-1);
  expect(liveRow(new PointSeries(), 6)).toBe(-1);
});

it("ends the axis at the server's clock, or at the last interval", () => {
  expect(edgeOf(chartSource(seriesOf(1, 2)))).toBe(2);
  expect(edgeOf(chartSource(seriesOf(1, 2), { nowS: () => 60 }))).toBe(60);
  expect(edgeOf(chartSource(seriesOf(1, 2), { nowS: () => 1.5 }))).toBe(2);
  expect(edgeOf(chartSource(new PointSeries(), { nowS: () => 60 }))).toBe(60);
  expect(edgeOf(chartSource(new PointSeries()))).toBeNaN();
});
