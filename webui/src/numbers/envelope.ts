/**
 * Thin out a line to what the pixels can show, without losing an extreme.
 *
 * Where several rows share a pixel column, either the lowest and highest (`both`), or the highest
 * alone (`upper`) is drawn. Averages are never drawn: they hide the spike that one looks for.
 */

import { isBreak } from "./time-series";

export type Envelope = "both" | "upper";

/** Where the line goes. */
export interface Pen {
  moveTo(x: number, y: number): void;
  lineTo(x: number, y: number): void;
}

/** The rows of a line and how values become pixels. */
export interface Trace {
  x: ArrayLike<number>;
  y: ArrayLike<number>;
  /** Length of each interval in units of x. */
  lengths: ArrayLike<number>;
  first: number;
  last: number;
  toX: (value: number) => number;
  /** Width of a pixel column. Two pixels halve the cost where there are more rows than pixels. */
  columnPx: 1 | 2;
  toY: (value: number) => number;
}

/**
 * Draw a trace, interrupted where a value is NaN or an interval is missing.
 *
 * A value with gaps on both sides becomes a short dash, since a single point has no line.
 *
 * Returns: how many corners were drawn.
 */
export function traceEnvelope(trace: Trace, envelope: Envelope, pen: Pen): number {
  const column = new PixelColumn(pen, envelope, trace.toY);
  const { x, y, lengths, first, last, columnPx } = trace;
  for (let row = first; row <= last; row += 1) {
    const value = y[row] ?? Number.NaN;
    const begin = x[row] ?? Number.NaN;
    const missing = row > first && isBreak(x[row - 1] ?? begin, lengths[row - 1] ?? 1, begin);
    if (missing || Number.isNaN(value)) column.lift();
    if (Number.isNaN(value)) continue;
    column.add(columnPx * Math.round(trace.toX(begin) / columnPx), value);
  }
  column.lift();
  return column.corners;
}

/** The values of one pixel column until the next column begins. */
class PixelColumn {
  corners = 0;
  #x = Number.NaN;
  #entry = 0;
  #low = 0;
  #high = 0;
  #exit = 0;
  #isDown = false;
  #lineCorners = 0;
  readonly #pen: Pen;
  readonly #envelope: Envelope;
  readonly #toY: (value: number) => number;

  constructor(pen: Pen, envelope: Envelope, toY: (value: number) => number) {
    this.#pen = pen;
    this.#envelope = envelope;
    this.#toY = toY;
  }

  add(x: number, value: number): void {
    if (x !== this.#x) {
      this.#flush();
      this.#x = x;
      this.#entry = this.#low = this.#high = this.#exit = value;
      return;
    }
    if (value < this.#low) this.#low = value;
    if (value > this.#high) this.#high = value;
    this.#exit = value;
  }

  /** End the line; the next value begins a new one. */
  lift(): void {
    this.#flush();
    if (this.#lineCorners === 1) this.#corner(this.#x + 2, this.#exit);
    this.#isDown = false;
    this.#lineCorners = 0;
    this.#x = Number.NaN;
  }

  #flush(): void {
    if (Number.isNaN(this.#x)) return;
    if (this.#envelope === "upper" || this.#low === this.#high) {
      this.#corner(this.#x, this.#high);
      return;
    }
    this.#corner(this.#x, this.#entry);
    // The way through the extremes ends at the one that is nearer to the exit.
    const isExitLow = this.#exit - this.#low < this.#high - this.#exit;
    this.#corner(this.#x, isExitLow ? this.#high : this.#low);
    this.#corner(this.#x, isExitLow ? this.#low : this.#high);
    if (this.#exit !== this.#low && this.#exit !== this.#high) this.#corner(this.#x, this.#exit);
  }

  #corner(x: number, value: number): void {
    const y = this.#toY(value);
    if (this.#isDown) this.#pen.lineTo(x, y);
    else this.#pen.moveTo(x, y);
    this.#isDown = true;
    this.#lineCorners += 1;
    this.corners += 1;
  }
}
