/**
 * The intervals of a run as columns of typed arrays, kept outside React.
 *
 * Charts draw straight from these columns: a tick appends one number to each and copies nothing.
 * null of the wire is NaN here. An interval without a point is no row; `breaksBefore` tells where
 * a line must be interrupted, so nothing is ever drawn as 0 that was not measured as 0.
 *
 * **What is kept.** 24 h, as the server does: 1 s for the last 15 minutes, 10 s before. Percentiles
 * of 10 s cannot be computed from percentiles of 1 s, so this class never folds rows itself. It
 * says `needsHistory` when 30 minutes of 1-s rows have come in; the store then asks the
 * server for `/history` again and calls `replace`. Should that fail for a whole day, the 1-s rows
 * stay, and the bound of 24 h still holds.
 *
 * Rejected: the highest second of each 10 s (not what the server shows after a reload), and
 * recomputing from the heat counts (their bands are coarser than the percentiles').
 */

import { POINT, type Point } from "../api/schema.gen";

export type Verdict = Point[typeof POINT.verdict];

/** Names of the numeric columns. */
export const COLUMNS = [
  "wallS",
  "seconds",
  "rps",
  "failPerS",
  "cancelledPerS",
  "bytesPerS",
  "p50Ms",
  "p90Ms",
  "p95Ms",
  "p99Ms",
  "maxMs",
  "users",
  "targetUsers",
  "verdict",
] as const;
export type Column = (typeof COLUMNS)[number];

/** What the column `verdict` holds. */
export const VERDICT_CODES: Record<Verdict, number> = { OK: 0, LATE: 1, INVALID: 2 };
const VERDICTS: readonly Verdict[] = ["OK", "LATE", "INVALID"];

export const KEPT_S = 86_400;
export const FINE_S = 900;
const FRESH_LIMIT = 2 * FINE_S;
const FIRST_CAPACITY = 1024;
// Kinds of failure are a short fixed list; the bound only keeps a broken server from filling memory.
const MAX_KINDS = 32;
const OTHER_KIND = "other";
// How many of the last points outlive `replace`: those that came while the history was fetched.
const RECENT_POINTS = 10;
const NO_HEAT: readonly number[] = [];

type Columns = Record<Column, Float64Array>;

/** Growable columns of the points of one run, ordered by time; row 0 is the oldest. */
export class PointSeries {
  #columns: Columns = emptyColumns(FIRST_CAPACITY);
  #errors = new Map<string, Float64Array>();
  #heat: (readonly number[])[] = [];
  #first = 0;
  #length = 0;
  #fresh = 0;
  #version = 0;
  #hasRequests = false;
  #recent: Point[] = [];

  /** Grows with every change; who has drawn this version need not draw again. */
  get version(): number {
    return this.#version;
  }

  /** How many rows there are. */
  get length(): number {
    return this.#length;
  }

  /** Whether so many points have come since the history that it should be fetched again. */
  get needsHistory(): boolean {
    return this.#fresh > FRESH_LIMIT;
  }

  /** Whether any request has finished; before that there are only users. */
  get hasRequests(): boolean {
    return this.#hasRequests;
  }

  /** Begin of the oldest row, NaN where there is none. */
  get firstWallS(): number {
    return this.at("wallS", 0);
  }

  /** Begin of the newest row, NaN where there is none. */
  get lastWallS(): number {
    return this.at("wallS", this.#length - 1);
  }

  /** Kinds of failure seen so far, in order of appearance. */
  get kinds(): string[] {
    return [...this.#errors.keys()];
  }

  /** A column as a view without a copy; valid until the next change. */
  column(name: Column): Float64Array {
    return this.#columns[name].subarray(this.#first, this.#first + this.#length);
  }

  /** Failures per second of one kind, as `column`; an unknown kind is all zeros. */
  errorColumn(kind: string): Float64Array {
    const column = this.#errors.get(kind) ?? new Float64Array(this.#first + this.#length);
    return column.subarray(this.#first, this.#first + this.#length);
  }

  /** One number; NaN outside the rows. */
  at(name: Column, row: number): number {
    if (row < 0 || row >= this.#length) return Number.NaN;
    return this.#columns[name][this.#first + row] ?? Number.NaN;
  }

  /** Pairs (band, requests) of one row, flat, as the server sent them. */
  heatAt(row: number): readonly number[] {
    return row < 0 || row >= this.#length ? NO_HEAT : (this.#heat[this.#first + row] ?? NO_HEAT);
  }

  verdictAt(row: number): Verdict {
    return VERDICTS[this.at("verdict", row)] ?? "OK";
  }

  /** Whether at least one interval is missing between this row and the one before. */
  breaksBefore(row: number): boolean {
    if (row <= 0) return false;
    return isBreak(this.at("wallS", row - 1), this.at("seconds", row - 1), this.at("wallS", row));
  }

  /** The last row that begins at or before a moment, -1 where there is none. */
  rowAt(wallS: number): number {
    return lastAtOrBefore(this.column("wallS"), wallS);
  }

  /** Add what a tick brought. A row of a moment that is already there is replaced. */
  append(points: readonly Point[]): void {
    if (points.length === 0) return;
    for (const point of points) this.#put(point);
    this.#fresh += points.length;
    this.#recent = [...this.#recent, ...points].slice(-RECENT_POINTS);
    this.#dropOld();
    this.#version += 1;
  }

  /**
   * Forget all rows and take these, as after `/history`.
   *
   * Points newer than these that have just been appended stay: they came while these were on
   * their way. Without any points nothing stays.
   */
  replace(points: readonly Point[]): void {
    this.#reset(Math.max(FIRST_CAPACITY, points.length + FRESH_LIMIT));
    for (const point of points) this.#put(point);
    const last = this.lastWallS;
    for (const point of this.#recent) if (point[POINT.wall_s] > last) this.#put(point);
    this.#dropOld();
    this.#version += 1;
  }

  /** Forget all rows, as before a new run. */
  clear(): void {
    this.#reset(FIRST_CAPACITY);
    this.#recent = [];
    this.#version += 1;
  }

  #reset(capacity: number): void {
    this.#columns = emptyColumns(capacity);
    this.#errors = new Map();
    this.#heat = [];
    this.#first = 0;
    this.#length = 0;
    this.#fresh = 0;
    this.#hasRequests = false;
  }

  #put(point: Point): void {
    const wallS = point[POINT.wall_s];
    const before =
      this.#length === 0 || wallS > this.lastWallS ? this.#length - 1 : this.rowAt(wallS);
    if (this.#isSameInterval(before, point)) {
      this.#write(before, point);
      return;
    }
    this.#open(before + 1);
    this.#write(before + 1, point);
  }

  /** Whether a point tells an interval again; the clock may differ by less than half of it. */
  #isSameInterval(row: number, point: Point): boolean {
    return row >= 0 && point[POINT.wall_s] - this.at("wallS", row) < point[POINT.seconds] / 2;
  }

  /** Make room for one row. At the end, where nearly all rows go, nothing moves. */
  #open(row: number): void {
    if (this.#first + this.#length === this.#columns.wallS.length) this.#makeRoom();
    const target = this.#first + row;
    const end = this.#first + this.#length;
    if (target < end) {
      for (const column of this.#allColumns()) column.copyWithin(target + 1, target, end);
    }
    this.#heat.splice(target, 0, NO_HEAT);
    for (const column of this.#errors.values()) column[target] = 0;
    this.#length += 1;
  }

  #write(row: number, point: Point): void {
    const index = this.#first + row;
    const columns = this.#columns;
    const seconds = point[POINT.seconds];
    this.#hasRequests ||= point[POINT.requests] > 0;
    columns.wallS[index] = point[POINT.wall_s];
    columns.seconds[index] = seconds;
    columns.rps[index] = point[POINT.requests] / seconds;
    columns.failPerS[index] = point[POINT.failures] / seconds;
    columns.cancelledPerS[index] = point[POINT.cancelled] / seconds;
    columns.bytesPerS[index] = point[POINT.content_bytes] / seconds;
    columns.p50Ms[index] = point[POINT.p50_ms] ?? Number.NaN;
    columns.p90Ms[index] = point[POINT.p90_ms] ?? Number.NaN;
    columns.p95Ms[index] = point[POINT.p95_ms] ?? Number.NaN;
    columns.p99Ms[index] = point[POINT.p99_ms] ?? Number.NaN;
    columns.maxMs[index] = point[POINT.max_ms] ?? Number.NaN;
    columns.users[index] = point[POINT.users] ?? Number.NaN;
    columns.targetUsers[index] = point[POINT.target_users] ?? Number.NaN;
    columns.verdict[index] = VERDICT_CODES[point[POINT.verdict]];
    this.#heat[index] = point[POINT.heat];
    for (const column of this.#errors.values()) column[index] = 0;
    for (const [kind, failures] of Object.entries(point[POINT.errors])) {
      const column = this.#errorColumnOf(kind);
      column[index] = (column[index] ?? 0) + failures / seconds;
    }
  }

  #errorColumnOf(kind: string): Float64Array {
    const known = this.#errors.get(kind);
    if (known) return known;
    if (this.#errors.size >= MAX_KINDS && kind !== OTHER_KIND)
      return this.#errorColumnOf(OTHER_KIND);
    const column = new Float64Array(this.#columns.wallS.length);
    this.#errors.set(kind, column);
    return column;
  }

  #dropOld(): void {
    const oldest = this.lastWallS - KEPT_S;
    while (this.#length > 0 && this.firstWallS <= oldest) {
      this.#heat[this.#first] = NO_HEAT;
      this.#first += 1;
      this.#length -= 1;
    }
  }

  /** Move rows to the front when a quarter is free there, else double the columns. */
  #makeRoom(): void {
    const capacity = this.#columns.wallS.length;
    const grown = this.#first >= capacity / 4 ? capacity : capacity * 2;
    for (const name of COLUMNS) this.#columns[name] = this.#moved(this.#columns[name], grown);
    for (const [kind, column] of this.#errors) this.#errors.set(kind, this.#moved(column, grown));
    this.#heat.splice(0, this.#first);
    this.#first = 0;
  }

  #moved(column: Float64Array, capacity: number): Float64Array {
    const moved = capacity === column.length ? column : new Float64Array(capacity);
    moved.set(column.subarray(this.#first, this.#first + this.#length));
    return moved;
  }

  *#allColumns(): Iterable<Float64Array> {
    for (const name of COLUMNS) yield this.#columns[name];
    yield* this.#errors.values();
  }
}

function emptyColumns(capacity: number): Columns {
  const entries = COLUMNS.map((name) => [name, new Float64Array(capacity)] as const);
  return Object.fromEntries(entries) as Columns;
}

/** Whether intervals are missing between one that began at `before` and one that begins at `now`. */
export function isBreak(beforeS: number, lengthS: number, nowS: number): boolean {
  return nowS - beforeS > 1.5 * lengthS;
}

/** Index of the last number at or below `value` in a sorted column, -1 where there is none. */
export function lastAtOrBefore(sorted: Float64Array, value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? Infinity) <= value) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
