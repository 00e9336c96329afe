/** What a chart says in words: the values at a moment, and a summary for those who cannot see it. */

import { extentOf } from "../../numbers/axis";
import { formatClock, NOTHING } from "../../numbers/format";
import type { PointSeries } from "../../numbers/time-series";
import type { Line } from "./lines";

type ToText = (value: number) => string;

// A tick may come a little late; older than this the last row is no longer "now".
const FRESH_S = 3.5;

/** The row that is "now"; -1 when nothing was measured in the last seconds. */
export function liveRow(points: PointSeries, edgeS: number): number {
  const row = points.length - 1;
  const end = points.at("wallS", row) + points.at("seconds", row);
  return edgeS - end <= FRESH_S ? row : -1;
}

/** The value of each line in one row, with units; a dash where nothing was measured. */
export function readingsAt(
  lines: readonly Line[],
  value: ToText,
  points: PointSeries,
  row: number,
): string[] {
  return lines.map((line) => {
    const number = row < 0 ? Number.NaN : (line.read(points)[row] ?? Number.NaN);
    return Number.isNaN(number) ? NOTHING : value(number);
  });
}

/** One sentence part for each line: `p95 23 ms`. */
export function sentenceAt(
  lines: readonly Line[],
  value: ToText,
  points: PointSeries,
  row: number,
): string {
  const readings = readingsAt(lines, value, points, row);
  return lines.map((line, index) => `${line.label} ${readings[index] ?? NOTHING}`).join(", ");
}

/** The highest value of a line between two rows and when it was. */
export interface Peak {
  value: string;
  clock: string;
}

export function peakOf(
  line: Line,
  value: ToText,
  points: PointSeries,
  first: number,
  last: number,
): Peak | null {
  const column = line.read(points);
  const extent = extentOf(column, Math.max(0, first), last);
  if (!extent) return null;
  const row = column.indexOf(extent[1], Math.max(0, first));
  return { value: value(extent[1]), clock: formatClock(points.at("wallS", row)) };
}
