import { describe, expect, it } from "vitest";

import { isWithin, parseNumber } from "./parse";

describe("numbers as people type them", () => {
  it.each([
    ["100", 100],
    [" 7 ", 7],
    ["2.5", 2.5],
    [".5", 0.5],
    ["2.5k", 2500],
    ["1M", 1_000_000],
  ])("%s", (text, value) => {
    expect(parseNumber(text)).toBe(value);
  });

  it.each(["", " ", "many", "-1", "1e9", "0x10", "1,000", "5 users", "NaN", "Infinity", "1.2.3"])(
    "%s is none",
    (text) => {
      expect(parseNumber(text)).toBeNaN();
    },
  );

  it("has limits", () => {
    const limits = { min: 0, max: 10, isWhole: true };
    expect([0, 10, 2.5, 11, -1, NaN].map((value) => isWithin(value, limits))).toEqual([
      true,
      true,
      false,
      false,
      false,
      false,
    ]);
  });
});
