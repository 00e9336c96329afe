/** Pure parts of the Workers page: who is looked at first, and what each one does a second. */

import type { Worker, Workers } from "../../api/schema.gen";

/** A worker with what two readings of it say. */
export interface WorkerRow {
  worker: Worker;
  /** Requests a second between the readings; null before the second one. */
  perS: number | null;
  /** Its part of all workers' requests a second, 0-1. */
  share: number | null;
}

/** Clocks further apart than this are told; figures of a second may land in its neighbour. */
export const SKEW_S = 0.5;
const BUSY_CPU = 0.9;
const STATES = ["missing", "stuck", "busy"];
const VERDICTS = ["INVALID", "LATE"];

/** How much a worker wants to be looked at: 0 most of all. */
export function rankOf(worker: Worker): number {
  const state = STATES.indexOf(worker.state);
  if (state >= 0) return state;
  const verdict = VERDICTS.indexOf(worker.verdict);
  if (verdict >= 0) return STATES.length + verdict;
  if (worker.has_other_locustfile) return 5;
  if (worker.cpu_share > BUSY_CPU) return 6;
  if (Math.abs(worker.clock_skew_s) > SKEW_S) return 7;
  return 8;
}

/** Outliers first, then by index. */
export function rowsOf(now: Workers, before: Workers | null): WorkerRow[] {
  const seconds = before ? now.wall_s - before.wall_s : 0;
  const old = new Map(before?.workers.map((worker) => [worker.index, worker.requests]));
  const perS = new Map<number, number>();
  for (const worker of now.workers) {
    const earlier = old.get(worker.index);
    if (earlier === undefined || seconds <= 0 || worker.requests < earlier) continue;
    perS.set(worker.index, (worker.requests - earlier) / seconds);
  }
  const all = [...perS.values()].reduce((sum, rate) => sum + rate, 0);
  return now.workers
    .map((worker) => {
      const rate = perS.get(worker.index) ?? null;
      return { worker, perS: rate, share: rate === null || all === 0 ? null : rate / all };
    })
    .sort((a, b) => rankOf(a.worker) - rankOf(b.worker) || a.worker.index - b.worker.index);
}
