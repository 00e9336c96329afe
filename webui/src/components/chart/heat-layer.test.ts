import { expect, it } from "vitest";

import { gradient } from "./heat-layer";

it("goes from the first stop to the last through all others", () => {
  const stops = [
    [0, 0, 0],
    [100, 200, 50],
    [255, 255, 255],
  ] as const;
  const colours = gradient(stops, 5);
  expect(colours).toEqual([
    [0, 0, 0],
    [50, 100, 25],
    [100, 200, 50],
    [178, 228, 153],
    [255, 255, 255],
  ]);
});
