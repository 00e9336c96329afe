/** What the store and the server do with a day of ticks, for the replay of 24 hours. */

import { POINT, ROW, type Point, type Row, type Tick } from "../src/api/schema.gen";
import { FINE_S, KEPT_S, type PointSeries } from "../src/numbers/time-series";

const COARSE_S = 10;

/** Takes ticks as JSON, as they come from the network, and keeps what the page keeps. */
export class Day {
  readonly #points: PointSeries;
  readonly #rows = new Map<number, Row>();
  /** The server's history: 1 s for 15 minutes, 10 s before. Not part of the page. */
  #fine: Point[] = [];
  #coarse: Point[] = [];

  constructor(points: PointSeries) {
    this.#points = points;
  }

  bring(json: string): void {
    const tick = JSON.parse(json) as Tick;
    for (const row of tick.rows) this.#rows.set(row[ROW.id], row);
    this.#points.append(tick.points);
    this.#remember(tick.points);
    if (this.#points.needsHistory) this.#points.replace([...this.#coarse, ...this.#fine]);
  }

  #remember(points: readonly Point[]): void {
    this.#fine.push(...points);
    if (this.#fine.length < 2 * FINE_S) return;
    const old = this.#fine.splice(0, FINE_S);
    for (let at = 0; at < old.length; at += COARSE_S) {
      this.#coarse.push(foldedPoint(old.slice(at, at + COARSE_S)));
    }
    this.#coarse = this.#coarse.slice(-KEPT_S / COARSE_S);
  }
}

/** Ten seconds as one. Only sizes matter here: the percentiles are those of one of the seconds. */
function foldedPoint(points: readonly Point[]): Point {
  const folded = structuredClone(points[0] as Point);
  const sumOf = (index: typeof POINT.requests | typeof POINT.failures) =>
    points.reduce((sum, point) => sum + point[index], 0);
  folded[POINT.seconds] = COARSE_S;
  folded[POINT.requests] = sumOf(POINT.requests);
  folded[POINT.failures] = sumOf(POINT.failures);
  return folded;
}
