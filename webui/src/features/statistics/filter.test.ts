import { describe, expect, it } from "vitest";

import { type Name, ROW, type Row } from "../../api/schema.gen";
import { sorted } from "./columns";
import { matcher } from "./filter";

function row(id: number, part: Partial<Record<keyof typeof ROW, number | null>>): Row {
  const values = Array<number | null>(23).fill(0);
  values[0] = id;
  for (const [key, value] of Object.entries(part)) values[ROW[key as keyof typeof ROW]] = value;
  return values as unknown as Row;
}

const NAME: Name = [0, "GET", "/shop/Cart"];

describe("the filter", () => {
  it.each([
    ["", true],
    ["cart", true],
    ["shop cart", true],
    ["cart missing", false],
    ["method:get", true],
    ["method:post", false],
    ["name:/shop", true],
    ["fail>0", true],
    ["fail>2", false],
    ["p95>300", true],
    ["p95>0.3s", true],
    ["p95>1s", false],
    ["p95<=400ms", true],
    ["rps<1", true],
    ["requests=10", true],
    ["p50>0", false],
    ["cart p95>300 fail>0", true],
  ])("%s", (expression, expected) => {
    const test = matcher(expression);
    const figures = row(0, { requests: 10, failures: 2, p95_ms: 400, p50_ms: null, now_rps: 0.5 });
    expect("passes" in test && test.passes(NAME, figures)).toBe(expected);
  });

  it.each(["p95>", ">5", "p95>much", "speed>5", "rps>5ms", "fail>>1"])(
    "refuses %s",
    (expression) => {
      expect(matcher(`cart ${expression}`)).toEqual({ wrong: expression });
    },
  );
});

describe("the order", () => {
  const names = new Map<number, Name>([
    [0, [0, "GET", "/b"]],
    [1, [1, "GET", "/a"]],
    [2, [2, "GET", "/c"]],
  ]);
  const rows = [row(0, { p95_ms: 5 }), row(1, { p95_ms: null }), row(2, { p95_ms: 9 })];
  const ids = (key: string, isDescending: boolean) =>
    sorted(rows, names, { key, isDescending }).map((one) => one[0]);

  it("has rows without the figure last either way", () => {
    expect(ids("p95_ms", true)).toEqual([2, 0, 1]);
    expect(ids("p95_ms", false)).toEqual([0, 2, 1]);
  });

  it("knows names", () => {
    expect(ids("name", false)).toEqual([1, 0, 2]);
  });
});
