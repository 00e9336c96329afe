import { describe, expect, it } from "vitest";

import { ROW, type Row } from "../../api/schema.gen";
import { COLUMNS, widthOf } from "./columns";

const total = (requests: number): Row => {
  const row = new Array<number>(Object.keys(ROW).length).fill(0);
  row[ROW.requests] = requests;
  return row as unknown as Row;
};
const requests = COLUMNS.find((column) => column.key === "requests");
const p95 = COLUMNS.find((column) => column.key === "p95_ms");

describe("the width of a column", () => {
  it("leaves room for every digit of a count", () => {
    if (!requests) throw new Error("no such column");
    const few = widthOf(requests, total(10));
    expect(widthOf(requests, null)).toBe(few);
    expect(widthOf(requests, total(1_630_356))).toBeGreaterThan(few);
    expect(widthOf(requests, total(1_000_000_000))).toBeGreaterThanOrEqual(13 * 0.65);
  });

  it("does not change with other figures", () => {
    if (!p95) throw new Error("no such column");
    expect(widthOf(p95, total(1_000_000_000))).toBe(widthOf(p95, null));
  });
});
