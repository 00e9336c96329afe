import { expect, it, vi } from "vitest";

import { snapToPixels, TimeWindow } from "./time-window";

it("fills a young run from the left", () => {
  expect(new TimeWindow(300).range(1000, 1020)).toEqual([1000, 1060]);
});

it("follows the live edge", () => {
  const view = new TimeWindow(300);
  expect(view.range(1000, 2000)).toEqual([1700, 2000]);
  view.follow("all");
  expect(view.range(1000, 2000)).toEqual([1000, 2000]);
});

it("stays where it was zoomed to until it follows again", () => {
  const view = new TimeWindow(900);
  view.zoomTo(1100, 1200);
  expect(view.range(1000, 5000)).toEqual([1100, 1200]);
  view.follow();
  expect(view.range(1000, 5000)).toEqual([4100, 5000]);
});

it("refuses a zoom that is too short to see", () => {
  const view = new TimeWindow();
  view.zoomTo(1100, 1101);
  expect(view.state.zoom).toBeNull();
});

it("tells its listeners until they leave", () => {
  const view = new TimeWindow();
  const listener = vi.fn();
  const leave = view.subscribe(listener);
  view.follow("all");
  leave();
  view.follow(300);
  expect(listener).toHaveBeenCalledTimes(1);
});

it("has a range before the first point", () => {
  expect(new TimeWindow().range(Number.NaN, Number.NaN)).toEqual([0, 60]);
});

it("moves by whole pixels", () => {
  expect(snapToPixels([101, 401], 30)).toEqual([100, 410]);
  expect(snapToPixels([102, 402], 30)).toEqual([100, 410]);
});

it("shows a run that has ended as wide as it was", () => {
  expect(new TimeWindow("all", 2).range(1000, 1008)).toEqual([1000, 1008]);
});
