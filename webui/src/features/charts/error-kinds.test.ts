import { expect, it } from "vitest";

import type { Point } from "../../api/schema.gen";
import { PointSeries } from "../../numbers/time-series";
import { KindLines, kindLines, topKinds } from "./error-kinds";

function point(wallS: number, errors: Record<string, number>): Point {
  return [wallS, 1, 1, 1, 0, 0, 1, 1, 1, 1, 1, [], 1, 1, "OK", errors];
}

const EIGHT = { a: 1, b: 2, c: 3, d: 4, e: 5, f: 6, g: 7, h: 8 };

it("names the most frequent kinds first", () => {
  const series = new PointSeries();
  series.append([point(0, { dns: 1, status: 5 }), point(1, { dns: 1 }), point(2, { tls: 3 })]);
  expect(topKinds(series)).toEqual(["status", "tls", "dns"]);
  expect(topKinds(series, 2)).toEqual(["status", "tls"]);
});

it("gathers all other kinds in one line", () => {
  const series = new PointSeries();
  series.append([point(0, EIGHT)]);
  const lines = kindLines(topKinds(series), true);
  expect(lines).toHaveLength(7);
  expect([...(lines.at(-1)?.read(series) ?? [])]).toEqual([3]);
});

it("keeps its lines as one object, so that charts are not made anew", () => {
  const series = new PointSeries();
  const kinds = new KindLines();
  expect(kinds.linesOf(series)).toEqual([]);
  series.append([point(0, { status: 1 })]);
  const lines = kinds.linesOf(series);
  expect(lines.map(({ label }) => label)).toEqual(["status"]);
  for (let second = 1; second < 100; second += 1) {
    series.append([point(second, { status: 2 })]);
    expect(kinds.linesOf(series)).toBe(lines);
  }
});

it("forgets the kinds of the run before", () => {
  const series = new PointSeries();
  const kinds = new KindLines();
  series.append([point(0, { status: 1 })]);
  kinds.linesOf(series);
  series.clear();
  expect(kinds.linesOf(series)).toEqual([]);
});
