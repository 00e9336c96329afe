import { describe, expect, it } from "vitest";

import type { UserClass } from "../../api/schema.gen";
import {
  changesOf,
  flawOf,
  hasFlaw,
  parseRunTime,
  RATE,
  runTimeText,
  USERS,
  withChanges,
} from "./load-form";

describe("run times", () => {
  it.each([
    ["", 0],
    ["90", 90],
    ["90s", 90],
    ["20m", 1200],
    ["1h30m", 5400],
    [" 1H ", 3600],
    ["1.5m", 90],
    ["soon", null],
    ["-5", null],
    ["5x", null],
    ["30m1h", null],
  ])("%s", (text, seconds) => {
    expect(parseRunTime(text)).toBe(seconds);
  });

  it.each([90, 5400, 3661, 0.5])("%d comes back", (seconds) => {
    expect(parseRunTime(runTimeText(seconds))).toBe(seconds);
  });
});

describe("changes of classes", () => {
  const before: UserClass = {
    name: "A",
    enabled: true,
    weight: 1,
    fixed_count: 0,
    host: null,
    tasks: [],
    description: "",
  };

  it("are kept when somebody else changes the load meanwhile", () => {
    const mine = changesOf([before], [{ ...before, enabled: false }]);
    const theirs = { ...before, weight: 5 };
    expect(withChanges([theirs], mine)).toEqual([{ ...theirs, enabled: false }]);
    expect(withChanges([], mine)).toEqual([]);
  });

  it("says only what differs", () => {
    const after = [
      { ...before, weight: 3, host: "" },
      { ...before, name: "B", enabled: false },
    ];
    expect(changesOf([before, { ...before, name: "B" }], after)).toEqual([
      { name: "A", weight: 3 },
      { name: "B", enabled: false },
    ]);
  });

  it("are not made of numbers that are missing", () => {
    expect(hasFlaw([before])).toBe(false);
    expect(hasFlaw([before, { ...before, weight: NaN }])).toBe(true);
    expect(hasFlaw([{ ...before, fixed_count: NaN }])).toBe(true);
  });

  it("is empty when nothing differs", () => {
    expect(changesOf([before], [before])).toEqual([]);
  });
});

describe("numbers of the load", () => {
  it("says what is accepted", () => {
    expect(flawOf(5, USERS)).toBe("");
    expect(flawOf(NaN, USERS)).toBe("a number from 0 to 10,000,000, for example 100 or 2.5k");
    expect(flawOf(NaN, RATE)).toContain("from 0.001 to 1,000,000");
  });
});
