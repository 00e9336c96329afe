import { expect, it } from "vitest";

import { POINT, ROW } from "../api/schema.gen";
import { FrameGenerator } from "./frames";

it("tells the same run for the same seed", () => {
  const [one, two] = [new FrameGenerator({ seed: 7 }), new FrameGenerator({ seed: 7 })];
  for (let second = 0; second < 50; second += 1) expect(one.next()).toEqual(two.next());
  expect(new FrameGenerator({ seed: 8 }).points(20)).not.toEqual(one.points(20));
});

it("tells names once and as many rows as the server would", () => {
  const few = new FrameGenerator({ endpoints: 20 });
  expect(few.next().names).toHaveLength(20);
  expect(few.next()).toMatchObject({ names: [], row_count: 20, server_sorts: false });
  const many = new FrameGenerator({ endpoints: 500 }).next();
  expect(many).toMatchObject({ row_count: 500, server_sorts: true });
  expect(many.rows).toHaveLength(60);
});

it("counts each request of a point in one band and each failure in one kind", () => {
  const points = new FrameGenerator().points(400);
  const sum = (numbers: number[]) => numbers.reduce((total, each) => total + each, 0);
  for (const point of points) {
    const counted = sum(point[POINT.heat].filter((_, index) => index % 2 === 1));
    expect(counted / point[POINT.requests]).toBeGreaterThan(0.8);
    expect(counted / point[POINT.requests]).toBeLessThan(1.3);
    expect(sum(Object.values(point[POINT.errors]))).toBe(point[POINT.failures]);
  }
});

it("has percentiles in order, and totals that grow", () => {
  const run = new FrameGenerator();
  let requests = 0;
  for (let second = 0; second < 400; second += 1) {
    const { points, total } = run.next();
    expect(total[ROW.requests]).toBeGreaterThanOrEqual(requests);
    requests = total[ROW.requests];
    const [point] = points;
    if (!point) continue;
    const percentiles = [POINT.p50_ms, POINT.p90_ms, POINT.p95_ms, POINT.p99_ms, POINT.max_ms].map(
      (index) => point[index] ?? 0,
    );
    expect(percentiles).toEqual([...percentiles].sort((a, b) => a - b));
  }
});

it("has troubles only where they are wanted", () => {
  const healthy = new FrameGenerator({ isTroubled: false }).points(800);
  expect(healthy).toHaveLength(800);
  expect(healthy.every((point) => point[POINT.verdict] === "OK")).toBe(true);
  const troubled = new FrameGenerator().points(800);
  expect(troubled.length).toBeLessThan(800);
  expect(new Set(troubled.map((point) => point[POINT.verdict]))).toEqual(
    new Set(["OK", "LATE", "INVALID"]),
  );
});
