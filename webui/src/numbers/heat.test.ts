import { describe, expect, it } from "vitest";

import type { Point } from "../api/schema.gen";
import { bandOf, bandStartMs, binLengthS, heatCellAt, heatGrid, heatStrength } from "./heat";
import { PointSeries } from "./time-series";

function row(wallS: number, seconds: number, heat: number[]): Point {
  return [wallS, seconds, 1, 0, 0, 0, 1, 1, 1, 1, 1, heat, 1, 1, "OK", {}];
}

function seriesOf(...points: Point[]): PointSeries {
  const series = new PointSeries();
  series.append(points);
  return series;
}

describe("bands", () => {
  it("begin at 2**(b // 4) * (1 + (b % 4) / 4) microseconds", () => {
    expect([0, 1, 2, 3, 4, 5, 40].map(bandStartMs)).toEqual([
      0.001, 0.00125, 0.0015, 0.00175, 0.002, 0.0025, 1.024,
    ]);
  });

  it("hold their begin and not their end", () => {
    for (let band = 0; band < 120; band += 1) {
      expect(bandOf(bandStartMs(band) * 1.0001)).toBe(band);
      expect(bandOf(bandStartMs(band + 1) * 0.9999)).toBe(band);
    }
    expect(bandOf(0)).toBe(0);
  });
});

describe("heatGrid", () => {
  it("counts rows of a bin together, per second", () => {
    const series = seriesOf(...[0, 1, 2, 3].map((at) => row(at, 1, [40, 6, 42, 2])));
    const grid = heatGrid(series, 0, 4, 2);
    expect([grid.startS, grid.binS, grid.firstBand, grid.bands]).toEqual([0, 2, 40, 3]);
    expect([...grid.perS.slice(0, 6)]).toEqual([6, 0, 2, 6, 0, 2]);
    expect(grid.highest).toBe(6);
  });

  it("gives a long interval the colour of its rate", () => {
    const series = seriesOf(row(0, 10, [40, 100]), row(10, 1, [40, 10]), row(11, 1, [40, 10]));
    const grid = heatGrid(series, 0, 12, 100);
    expect(grid.binS).toBe(1);
    expect([...grid.perS.slice(0, 12)]).toEqual(Array.from({ length: 12 }, () => 10));
  });

  it("puts rows that begin off the full second into one bin each", () => {
    const series = seriesOf(row(0.3, 1, [40, 1]), row(1.3, 1, [40, 2]), row(2.3, 1, [40, 3]));
    expect([...heatGrid(series, 0, 3, 100).perS.slice(0, 3)]).toEqual([1, 2, 3]);
  });

  it("keeps its bins while the window moves", () => {
    expect(heatGrid(seriesOf(row(100, 1, [40, 1])), 97.7, 157.7, 12).startS).toBe(95);
    expect(heatGrid(seriesOf(row(100, 1, [40, 1])), 98.7, 158.7, 12).startS).toBe(95);
  });

  it("is empty without requests", () => {
    expect(heatGrid(new PointSeries(), 0, 60, 60).bins).toBe(0);
    expect(heatGrid(seriesOf(row(0, 1, [])), 0, 60, 60).bins).toBe(0);
    expect(heatGrid(seriesOf(row(0, 1, [40, 1])), 5, 5, 60).bins).toBe(0);
  });
});

it("tells the cell under the pointer", () => {
  const grid = heatGrid(seriesOf(row(10, 1, [40, 7])), 10, 12, 100);
  const cell = heatCellAt(grid, 10.5, 1.1);
  expect(cell).toEqual({ startS: 10, endS: 11, fromMs: 1.024, toMs: 1.28, perS: 7 });
  expect(heatCellAt(grid, 10.5, 2)).toBeNull();
  expect(heatCellAt(grid, 9, 1.1)).toBeNull();
});

it("chooses bins that are read easily", () => {
  expect(binLengthS(300, 500)).toBe(1);
  expect(binLengthS(3600, 500)).toBe(10);
  expect(binLengthS(86_400, 500)).toBe(300);
  expect(binLengthS(864_000, 100)).toBe(10_800);
});

it("keeps thin cells visible and empty cells empty", () => {
  expect(heatStrength(0, 100)).toBe(0);
  expect(heatStrength(100, 100)).toBe(1);
  expect(heatStrength(1, 100)).toBeCloseTo(1 / 3);
  expect(heatStrength(0.0001, 100)).toBeGreaterThan(0);
});
