import { describe, expect, it } from "vitest";

import {
  extentOf,
  linearRange,
  linearTicks,
  logRange,
  logTicks,
  niceAbove,
  niceBelow,
  timeStepS,
  timeTicks,
} from "./axis";

it("rounds to 1, 2 or 5", () => {
  expect([0.03, 1, 1.01, 3, 7, 501].map(niceAbove)).toEqual([0.05, 1, 2, 5, 10, 1000]);
  expect([0.03, 1, 1.99, 3, 7, 999, 1000].map(niceBelow)).toEqual([0.02, 1, 1, 2, 5, 500, 1000]);
});

describe("linear", () => {
  it("begins at 0 and ends at a round value above the highest", () => {
    expect(linearRange(97, 1)).toEqual([0, 120]);
    expect(linearRange(52_700, 1)).toEqual([0, 60_000]);
  });

  it("stays readable without values", () => {
    expect(linearRange(0, 1)).toEqual([0, 1]);
    expect(linearRange(null, 10)).toEqual([0, 10]);
    expect(linearRange(Number.NaN, 10)).toEqual([0, 10]);
  });

  it("names at most so many values", () => {
    expect(linearTicks(0, 120, 5)).toEqual([0, 50, 100]);
    expect(linearTicks(0, 1, 6)).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
    expect(linearTicks(5, 5, 6)).toEqual([5]);
  });
});

describe("logarithmic", () => {
  it("spans the values and at least a decade", () => {
    expect(logRange(3, 140)).toEqual([2, 200]);
    expect(logRange(20, 22)).toEqual([20, 200]);
    expect(logRange(0, 100)).toEqual([1, 200]);
    expect(logRange(null, null)).toEqual([1, 1000]);
  });

  it("leaves out steps when there is little room", () => {
    expect(logTicks(1, 100, 8)).toEqual([1, 2, 5, 10, 20, 50, 100]);
    expect(logTicks(1, 100, 6)).toEqual([1, 3, 10, 30, 100]);
    expect(logTicks(1, 100, 4)).toEqual([1, 10, 100]);
    expect(logTicks(0.001, 1e6, 5)).toEqual([0.001, 0.1, 10, 1000, 100_000]);
  });
});

describe("time", () => {
  it("has steps of a clock", () => {
    expect(timeStepS(300, 6)).toBe(60);
    expect(timeStepS(86_400, 8)).toBe(10_800);
    expect(timeStepS(10 * 86_400, 4)).toBe(3 * 86_400);
  });

  it("falls on full hours of the viewer", () => {
    expect(timeTicks(100, 400, 6, 0)).toEqual([120, 180, 240, 300, 360]);
    expect(timeTicks(0, 7200, 2, 1800)).toEqual([1800, 5400]);
    expect(timeTicks(5, 5, 6, 0)).toEqual([]);
  });
});

it("finds the extent of what was measured", () => {
  const values = new Float64Array([Number.NaN, 3, 0, 9, Number.NaN]);
  expect(extentOf(values, 0, 4)).toEqual([0, 9]);
  expect(extentOf(values, 0, 4, true)).toEqual([3, 9]);
  expect(extentOf(values, 2, 2)).toEqual([0, 0]);
  expect(extentOf(values, 2, 2, true)).toBeNull();
  expect(extentOf(values, 4, 4)).toBeNull();
});
