/**
 * A made-up run, second by second: the same seed gives the same frames on every machine.
 *
 * Used where a real run would be too slow or too random: tests that replay a stream, the benchmark
 * of a tick, the replay of 24 hours, and pictures of the charts. Response times are log-normal with
 * a second, slow hump; load ramps up, is changed, fails for a while, stalls, and is marked LATE.
 */

import type { Annotation, Health, Name, Point, Row, RunStatus, Tick } from "../api/schema.gen";
import { bandOf, bandStartMs } from "../numbers/heat";

/** What kind of run is made up. */
export interface FrameOptions {
  seed?: number;
  /** Endpoints of the run; above 200 a tick carries the first 60 rows only, as the server does. */
  endpoints?: number;
  users?: number;
  spawnRatePerS?: number;
  startWallS?: number;
  requestsPerUserPerS?: number;
  /** Which stories are told: failures, a stall without requests, LATE and INVALID seconds. */
  isTroubled?: boolean;
}

const ALL_ROWS = 200;
const VISIBLE_ROWS = 60;
const METHODS = ["GET", "GET", "GET", "POST", "PUT", "DELETE"] as const;
const KINDS = [
  "status",
  "timeout-read",
  "connect-refused",
  "connection-lost",
  "timeout-connect",
  "dns",
  "tls",
  "check",
] as const;
// Quantiles of the standard normal distribution.
const Z50 = 0;
const Z90 = 1.2816;
const Z95 = 1.6449;
const Z99 = 2.3263;

/** Numbers from 0 to 1 that look random; mulberry32, public domain. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The story of one second, before it is told as a point. */
interface Moment {
  wallS: number;
  users: number;
  requests: number;
  failures: number;
  medianMs: number;
  spread: number;
  slowShare: number;
}

interface Endpoint {
  requests: number;
  failures: number;
  share: number;
  slowness: number;
}

/** Makes the ticks of one run, one second each. */
export class FrameGenerator {
  readonly startWallS: number;
  #second = 0;
  #users = 0;
  #target: number;
  #requests = 0;
  #failures = 0;
  #drift = 0;
  readonly #random: () => number;
  readonly #options: Required<FrameOptions>;
  readonly #endpoints: Endpoint[];

  constructor(options: FrameOptions = {}) {
    this.#options = {
      seed: 1,
      endpoints: 20,
      users: 200,
      spawnRatePerS: 5,
      startWallS: 1_793_880_000,
      requestsPerUserPerS: 4,
      isTroubled: true,
      ...options,
    };
    this.startWallS = this.#options.startWallS;
    this.#target = this.#options.users;
    this.#random = seededRandom(this.#options.seed);
    this.#endpoints = makeEndpoints(this.#options.endpoints, this.#random);
  }

  /** Names of all endpoints, as the first tick tells them. */
  names(): Name[] {
    return this.#endpoints.map((_, id) => [id, METHODS[id % METHODS.length] ?? "GET", pathOf(id)]);
  }

  /** The next second as a tick of the stream. */
  next(): Tick {
    const annotations = this.#annotations();
    const moment = this.#moment();
    const point = this.#point(moment);
    const isSorted = this.#endpoints.length > ALL_ROWS;
    const shown = isSorted ? VISIBLE_ROWS : this.#endpoints.length;
    const tick: Tick = {
      id: `1.${this.#second}`,
      wall_s: moment.wallS + 1,
      status: this.#status(moment),
      health: healthOf(point),
      workers: null,
      total: this.#totalRow(moment),
      names: this.#second === 0 ? this.names().slice(0, shown) : [],
      rows: this.#rows(moment, shown),
      row_count: this.#endpoints.length,
      first_row: 0,
      server_sorts: isSorted,
      points: moment.requests > 0 ? [point] : [],
      annotations,
      failure_kinds: this.#failures > 0 ? KINDS.length : 0,
      exceptions: 0,
      warnings: 0,
    };
    this.#second += 1;
    return tick;
  }

  /** The points of the next seconds only, for charts that need no rows. */
  points(seconds: number): Point[] {
    const points: Point[] = [];
    for (let count = 0; count < seconds; count += 1) {
      this.#annotations();
      const moment = this.#moment();
      if (moment.requests > 0) points.push(this.#point(moment));
      this.#second += 1;
    }
    return points;
  }

  /** What happens in the current second to those who look at the charts. */
  #annotations(): Annotation[] {
    const wallS = this.startWallS + this.#second;
    const note = (kind: Annotation["kind"], text: string): Annotation[] => [
      { wall_s: wallS, kind, text, who: "web" },
    ];
    if (this.#second === 0) {
      return note("start", `start: ${this.#target} users at ${this.#options.spawnRatePerS}/s`);
    }
    if (this.#second % 900 === 420) {
      const before = this.#target;
      const isMore = Math.floor(this.#second / 900) % 2 === 0;
      this.#target = Math.round(this.#options.users * (isMore ? 1.5 : 1));
      return note("load", `${before} → ${this.#target} users`);
    }
    if (this.#second % 1200 === 660) return note("mark", "deployed v2");
    return [];
  }

  #moment(): Moment {
    const random = this.#random;
    const second = this.#second;
    const rate = this.#options.spawnRatePerS;
    this.#users += Math.max(-rate, Math.min(rate, this.#target - this.#users));
    this.#drift = this.#drift * 0.97 + (random() - 0.5) * 0.06;
    const isFailing = this.#options.isTroubled && second % 600 >= 300 && second % 600 < 345;
    const isStalled = this.#options.isTroubled && second % 1500 >= 500 && second % 1500 < 512;
    const load = this.#users / this.#options.users;
    const slow = isFailing ? 2.5 : 1;
    const mean = this.#users * this.#options.requestsPerUserPerS * (0.96 + this.#drift);
    const requests = isStalled
      ? 0
      : Math.max(0, Math.round(mean + Math.sqrt(mean) * (random() - 0.5) * 2));
    const failing = isFailing ? 0.06 : 0.002;
    const failures = this.#options.isTroubled
      ? Math.round(requests * failing * (0.5 + random()))
      : 0;
    this.#requests += requests;
    this.#failures += failures;
    return {
      wallS: this.startWallS + second,
      users: this.#users,
      requests,
      failures,
      medianMs: 18 * slow * (0.7 + 0.3 * load ** 2) * (1 + this.#drift),
      spread: 0.42 + 0.1 * random(),
      slowShare: isFailing ? 0.04 : 0.006,
    };
  }

  #point(moment: Moment): Point {
    const { medianMs, spread, requests, slowShare } = moment;
    const atQuantile = (z: number) =>
      medianMs * Math.exp(spread * z) * (0.98 + this.#random() * 0.04);
    const p95Ms = atQuantile(Z95);
    const p99Ms = atQuantile(Z99) * (slowShare > 0.01 ? 3 : 1 + this.#random() * 0.3);
    const maxMs = Math.max(p99Ms, medianMs * (6 + this.#random() * 8));
    const second = this.#second;
    const isLate = this.#options.isTroubled && second % 700 >= 180 && second % 700 < 200;
    const isInvalid = this.#options.isTroubled && second % 700 >= 600 && second % 700 < 640;
    const verdict = isInvalid ? "INVALID" : isLate ? "LATE" : "OK";
    // prettier-ignore
    return [
      moment.wallS, 1, requests, moment.failures, 0, requests * 8200,
      atQuantile(Z50), atQuantile(Z90), p95Ms, p99Ms, maxMs, this.#heat(moment, maxMs),
      moment.users, this.#target, verdict, this.#errors(moment.failures),
    ];
  }

  /** Requests by band, drawn from the distribution; thin bands by chance. */
  #heat({ medianMs, spread, requests, slowShare }: Moment, maxMs: number): number[] {
    const heat: number[] = [];
    const highest = bandOf(maxMs);
    for (let band = bandOf(medianMs / 5); band <= highest; band += 1) {
      const low = Math.log(bandStartMs(band) / medianMs);
      const high = Math.log(bandStartMs(band + 1) / medianMs);
      const bulk = normalShare(high / spread) - normalShare(low / spread);
      const tail = normalShare((high - 1.9) / 0.4) - normalShare((low - 1.9) / 0.4);
      const wanted = requests * ((1 - slowShare) * bulk + slowShare * tail);
      const count = Math.floor(wanted + this.#random()) || Number(band === highest);
      if (count > 0) heat.push(band, count);
    }
    return heat;
  }

  #errors(failures: number): Record<string, number> {
    const errors: Record<string, number> = {};
    for (let left = failures, index = 0; left > 0; index += 1) {
      const share =
        index === KINDS.length - 1 ? left : Math.ceil(left * (0.4 + this.#random() * 0.3));
      errors[KINDS[index] ?? "status"] = share;
      left -= share;
    }
    return errors;
  }

  #rows(moment: Moment, count: number): Row[] {
    const seconds = this.#second + 1;
    return this.#endpoints.slice(0, count).map((endpoint, id) => {
      endpoint.requests += moment.requests * endpoint.share;
      endpoint.failures += moment.failures * endpoint.share;
      const requests = Math.round(endpoint.requests);
      const failures = Math.round(endpoint.failures);
      return rowOf({ ...endpoint, id, requests, failures, seconds }, moment);
    });
  }

  #totalRow(moment: Moment): Row {
    const counted = { requests: this.#requests, failures: this.#failures };
    return rowOf({ ...counted, id: -1, seconds: this.#second + 1, share: 1, slowness: 1 }, moment);
  }

  #status(moment: Moment): RunStatus {
    return {
      run: 1,
      version: 1,
      state: moment.users === this.#target ? "running" : "spawning",
      users: moment.users,
      target_users: this.#target,
      spawn_rate_per_s: this.#options.spawnRatePerS,
      start_wall_s: this.startWallS,
      elapsed_s: this.#second + 1,
      run_time_s: null,
      ending: "",
      host: "http://127.0.0.1:8000",
      classes: { Shopper: moment.users },
      can_undo_s: 0,
      shape: "",
    };
  }
}

function makeEndpoints(count: number, random: () => number): Endpoint[] {
  const weights = Array.from({ length: count }, (_, id) => 1 / (id + 1));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => ({
    requests: 0,
    failures: 0,
    share: weight / sum,
    slowness: 0.5 + random() * 2,
  }));
}

function pathOf(id: number): string {
  const topic =
    ["items", "orders", "users", "search", "cart", "reviews", "login"][id % 7] ?? "items";
  return id < 7 ? `/${topic}` : `/api/v2/${topic}/{id}/part-${id}`;
}

function healthOf(point: Point): Health {
  const verdict = point[14];
  return {
    verdict,
    causes: verdict === "OK" ? [] : ["the generator's Python thread is busy"],
    python_busy: verdict === "OK" ? 0.4 : 0.98,
    io_busy: 0.3,
    resume_delay_p99_ms: verdict === "OK" ? 0.2 : 18,
    unverified: [],
  };
}

/** Whose row it is and what it has counted. */
interface RowStory {
  id: number;
  requests: number;
  failures: number;
  seconds: number;
  share: number;
  slowness: number;
}

function rowOf(story: RowStory, moment: Moment): Row {
  const { id, requests, failures, seconds, share, slowness } = story;
  const { medianMs, spread } = moment;
  const at = (z: number) => (requests > 0 ? medianMs * slowness * Math.exp(spread * z) : null);
  const nowRequests = Math.round(moment.requests * share * 10);
  const nowFailures = Math.round(moment.failures * share * 10);
  // prettier-ignore
  return [
    id, requests, failures, 0, requests / seconds, failures / seconds,
    at(0.2), at(-3), at(4), at(Z50), at(Z90), at(Z95), at(Z99), 8200,
    nowRequests, nowFailures, nowRequests / 10, nowFailures / 10,
    at(Z50), at(Z90), at(Z95), at(Z99), at(3.5),
  ];
}

/** Share of a standard normal distribution below z, by a logistic curve that is 1 % exact. */
function normalShare(z: number): number {
  return 1 / (1 + Math.exp(-1.702 * z));
}
