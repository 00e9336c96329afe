/** Which kinds of failure get a line of their own: the six most frequent; the rest share one. */

import type { Line } from "../../components/chart/lines";
import { t } from "../../messages";
import type { PointSeries } from "../../numbers/time-series";

const SHOWN_KINDS = 6;
// The order is looked at again only so often: lines that swap colours cannot be read.
const STEADY_VERSIONS = 15;

/** The most frequent kinds of a series, most frequent first. */
export function topKinds(points: PointSeries, count = SHOWN_KINDS): string[] {
  const sums = new Map(points.kinds.map((kind) => [kind, sumOf(points.errorColumn(kind))]));
  const bySum = points.kinds.sort((a, b) => (sums.get(b) ?? 0) - (sums.get(a) ?? 0));
  return bySum.slice(0, count);
}

function sumOf(column: Float64Array): number {
  let sum = 0;
  for (const value of column) sum += value;
  return sum;
}

/** Lines of these kinds, and one for all others if there are any. */
export function kindLines(kinds: readonly string[], hasOthers: boolean): Line[] {
  const lines = kinds.map((kind, slot): Line => ({
    label: kind,
    slot,
    read: (points) => points.errorColumn(kind),
    envelope: "upper",
  }));
  if (hasOthers) {
    lines.push({
      label: t("charts.other-kinds"),
      slot: SHOWN_KINDS,
      read: (points) => othersOf(points, kinds),
      envelope: "upper",
    });
  }
  return lines;
}

function othersOf(points: PointSeries, kinds: readonly string[]): Float64Array {
  const sum = new Float64Array(points.length);
  for (const kind of points.kinds.filter((each) => !kinds.includes(each))) {
    points.errorColumn(kind).forEach((value, row) => {
      sum[row] = (sum[row] ?? 0) + value;
    });
  }
  return sum;
}

/** Keeps the same lines, as the same object, until other kinds have become the most frequent. */
export class KindLines {
  #lines: readonly Line[] = [];
  #names = "";
  #seen = -Infinity;
  #kinds = 0;

  linesOf(points: PointSeries): readonly Line[] {
    const isNewKind = points.kinds.length !== this.#kinds;
    if (!isNewKind && Math.abs(points.version - this.#seen) < STEADY_VERSIONS) return this.#lines;
    this.#seen = points.version;
    this.#kinds = points.kinds.length;
    const kinds = topKinds(points).sort();
    const hasOthers = points.kinds.length > kinds.length;
    const names = [...kinds, hasOthers].join("\n");
    if (names !== this.#names) {
      this.#names = names;
      this.#lines = kindLines(kinds, hasOthers);
    }
    return this.#lines;
  }
}
