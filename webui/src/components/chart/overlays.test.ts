import { expect, it } from "vitest";

import type { Point } from "../../api/schema.gen";
import { PointSeries, type Verdict } from "../../numbers/time-series";
import { annotationsNear, placeFlags, verdictSpans } from "./overlays";

function seriesOf(verdicts: [wallS: number, verdict: Verdict][]): PointSeries {
  const series = new PointSeries();
  series.append(
    verdicts.map(([wallS, verdict]): Point => [
      ...([wallS, 1, 1, 0, 0, 0, 1, 1, 1, 1, 1] as const),
      [],
      1,
      1,
      verdict,
      {},
    ]),
  );
  return series;
}

it("joins seconds of the same verdict", () => {
  const series = seriesOf([
    [0, "OK"],
    [1, "LATE"],
    [2, "LATE"],
    [3, "INVALID"],
    [4, "OK"],
    [5, "LATE"],
  ]);
  expect(verdictSpans(series, 0, 5)).toEqual([
    { fromS: 1, toS: 3, verdict: "LATE" },
    { fromS: 3, toS: 4, verdict: "INVALID" },
    { fromS: 5, toS: 6, verdict: "LATE" },
  ]);
});

it("does not shade a gap", () => {
  const series = seriesOf([
    [0, "LATE"],
    [60, "LATE"],
  ]);
  expect(verdictSpans(series, -1, 1)).toHaveLength(2);
});

it("leaves out a text that would run into the next", () => {
  const moments = [
    { x: 0, text: "start" },
    { x: 20, text: "more users" },
    { x: 200, text: "mark" },
  ];
  const texts = placeFlags(moments, 300, (text) => text.length * 10).map(({ text }) => text);
  expect(texts).toEqual(["", "more users", "mark"]);
});

it("leaves out a text that would run out of the chart, and cuts a long one", () => {
  expect(placeFlags([{ x: 290, text: "mark" }], 300, () => 40)).toEqual([{ x: 290, text: "" }]);
  const [flag] = placeFlags([{ x: 0, text: "x".repeat(100) }], 300, () => 40);
  expect(flag?.text).toHaveLength(24);
});

it("finds what happened near the pointer", () => {
  const mark = { wall_s: 100, kind: "mark" as const, text: "deployed", who: "web" };
  expect(annotationsNear([mark], 103, 5)).toEqual([mark]);
  expect(annotationsNear([mark], 106, 5)).toEqual([]);
});
