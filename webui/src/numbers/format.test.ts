import { describe, expect, it } from "vitest";

import {
  formatBytes,
  formatBytesTick,
  formatClock,
  formatClockTick,
  formatCompact,
  formatCount,
  formatDuration,
  formatDate,
  formatMoment,
  formatMs,
  formatMsTick,
  formatPercent,
  formatRate,
  NOTHING,
} from "./format";

describe("formatMs", () => {
  it.each([
    [0, "0 ms"],
    [0.00000326, "<0.1 µs"],
    [0.0005, "0.500 µs"],
    [0.85, "850 µs"],
    [0.99949, "999 µs"],
    [0.9999, "1.00 ms"],
    [1, "1.00 ms"],
    [23.44, "23.4 ms"],
    [140.4, "140 ms"],
    [999.4, "999 ms"],
    [999.9, "1.00 s"],
    [1234, "1.23 s"],
    [65_432, "65.4 s"],
    [1_234_000, "1,234 s"],
  ])("%f ms is %s", (ms, text) => {
    expect(formatMs(ms)).toBe(text);
  });

  it("drops trailing zeros on axes only", () => {
    expect(formatMsTick(50)).toBe("50 ms");
    expect(formatMsTick(1000)).toBe("1 s");
    expect(formatMs(50)).toBe("50.0 ms");
  });
});

describe("formatRate", () => {
  it.each([
    [0, "0/s"],
    [0.004, "<0.01/s"],
    [0.25, "0.25/s"],
    [1, "1.00/s"],
    [12.34, "12.3/s"],
    [99.97, "100/s"],
    [52_700.4, "52,700/s"],
  ])("%f is %s", (rate, text) => {
    expect(formatRate(rate)).toBe(text);
  });
});

describe("formatPercent", () => {
  it.each([
    [0, "0%"],
    [0.00001, "<0.01%"],
    [0.0123, "1.23%"],
    [0.042, "4.2%"],
    [0.5, "50%"],
    [0.99999, ">99.99%"],
    [1, "100%"],
  ])("%f is %s", (share, text) => {
    expect(formatPercent(share)).toBe(text);
  });
});

describe("formatCount and formatCompact", () => {
  it("keeps thousands apart or shortens them", () => {
    expect(formatCount(1_234_567)).toBe("1,234,567");
    expect(formatCompact(950)).toBe("950");
    expect(formatCompact(12_345)).toBe("12.3k");
    expect(formatCompact(999_999)).toBe("1M");
    expect(formatCompact(2.5e9)).toBe("2.5G");
  });
});

describe("formatBytes", () => {
  it.each([
    [0, "0 B"],
    [512, "512 B"],
    [999.9, "1.00 kB"],
    [1234, "1.23 kB"],
    [5_000_000, "5.00 MB"],
    [1.5e15, "1.50 PB"],
    [2e18, "2,000 PB"],
  ])("%f is %s", (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });

  it("drops trailing zeros on axes only", () => {
    expect(formatBytesTick(5_000_000)).toBe("5 MB");
  });
});

describe("formatDuration", () => {
  it.each([
    [0, "0 s"],
    [59.9, "59 s"],
    [303, "5 min 03 s"],
    [7500, "2 h 05 min"],
    [273_600, "3 d 04 h"],
  ])("%f s is %s", (seconds, text) => {
    expect(formatDuration(seconds)).toBe(text);
  });
});

it("tells the time of day in the viewer's zone", () => {
  const noon = new Date(2026, 10, 4, 12, 3, 10).getTime() / 1000;
  expect(formatClock(noon)).toBe("12:03:10");
  expect(formatMoment(noon)).toBe("4 Nov, 12:03:10");
  expect(formatDate(noon)).toBe("4 Nov 2026, 12:03:10");
});

it("shortens the ticks of a time axis", () => {
  const noon = new Date(2026, 10, 4, 12, 3, 10).getTime() / 1000;
  const midnight = new Date(2026, 10, 5).getTime() / 1000;
  expect(formatClockTick(noon, 10)).toBe("12:03:10");
  expect(formatClockTick(noon, 60)).toBe("12:03");
  expect(formatClockTick(midnight, 3600)).toBe("5 Nov");
});

it("shows a dash where nothing was measured", () => {
  for (const format of [
    formatMs,
    formatRate,
    formatCount,
    formatCompact,
    formatPercent,
    formatBytes,
    formatDuration,
    formatClock,
    formatMoment,
  ]) {
    expect(format(null)).toBe(NOTHING);
    expect(format(undefined)).toBe(NOTHING);
    expect(format(Number.NaN)).toBe(NOTHING);
  }
});
