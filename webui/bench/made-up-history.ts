/** The server's memory of a made-up run: 1 s for 15 minutes or a little more, 10 s before. */

import { POINT, type Point } from "../src/api/schema.gen";
import { FINE_S, KEPT_S } from "../src/numbers/time-series";

const COARSE_S = 10;

/** Remembers points as the server does, so that a replayed page can ask for the history. */
export class MadeUpHistory {
  #fine: Point[] = [];
  #coarse: Point[] = [];

  get points(): Point[] {
    return [...this.#coarse, ...this.#fine];
  }

  remember(points: readonly Point[]): void {
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
