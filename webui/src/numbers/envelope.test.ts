import { describe, expect, it } from "vitest";

import { type Envelope, traceEnvelope } from "./envelope";

/** The lines that were drawn, each as its corners. */
function lines(
  y: number[],
  envelope: Envelope,
  perColumn = 1,
  x = y.map((_, row) => row),
): number[][][] {
  const drawn: number[][][] = [];
  const pen = {
    moveTo: (...corner: number[]) => drawn.push([corner]),
    lineTo: (...corner: number[]) => drawn.at(-1)?.push(corner),
  };
  const lengths = y.map(() => 1);
  const toX = (value: number) => Math.floor(value / perColumn);
  const toY = (value: number) => value;
  const trace = { x, y, lengths, first: 0, last: y.length - 1, toX, toY, columnPx: 1 as const };
  traceEnvelope(trace, envelope, pen);
  return drawn;
}

it("draws each row where there is room", () => {
  expect(lines([3, 1, 2], "both")).toEqual([
    [
      [0, 3],
      [1, 1],
      [2, 2],
    ],
  ]);
});

it("interrupts the line where nothing was measured", () => {
  expect(lines([3, 1, Number.NaN, 2, 4], "both")).toEqual([
    [
      [0, 3],
      [1, 1],
    ],
    [
      [3, 2],
      [4, 4],
    ],
  ]);
});

it("interrupts the line where an interval is missing", () => {
  expect(lines([3, 1, 2, 4], "both", 1, [0, 1, 5, 6])).toEqual([
    [
      [0, 3],
      [1, 1],
    ],
    [
      [5, 2],
      [6, 4],
    ],
  ]);
});

it("shows a lone value as a dash", () => {
  expect(lines([Number.NaN, 3, Number.NaN], "both")).toEqual([
    [
      [1, 3],
      [3, 3],
    ],
  ]);
});

describe("several rows in a pixel column", () => {
  it("keep the lowest and the highest", () => {
    expect(lines([5, 9, 1, 4, 7, 7], "both", 4)).toEqual([
      [
        [0, 5],
        [0, 9],
        [0, 1],
        [0, 4],
        [1, 7],
      ],
    ]);
  });

  it("keep the highest alone for an upper envelope", () => {
    expect(lines([5, 9, 1, 4, 7, 7], "upper", 4)).toEqual([
      [
        [0, 9],
        [1, 7],
      ],
    ]);
  });
});

it("draws no more than the pixels can show", () => {
  const y = Array.from({ length: 36_000 }, (_, row) => (row * 7919) % 101);
  const corners = lines(y, "both", 100).flat().length;
  expect(corners).toBeLessThanOrEqual(360 * 4);
  expect(lines(y, "upper", 100).flat()).toHaveLength(360);
});

it("draws nothing where there is nothing", () => {
  expect(lines([], "both")).toEqual([]);
  expect(lines([Number.NaN, Number.NaN], "upper")).toEqual([]);
});
