/** The filter language, as `locust_like/web/filters.py` has it for runs with many endpoints. */

import { type Name, ROW, type Row } from "../../api/schema.gen";

export const FIELDS = {
  fail: "failures",
  failures: "failures",
  requests: "requests",
  rps: "now_rps",
  avg: "avg_ms",
  min: "min_ms",
  max: "max_ms",
  p50: "p50_ms",
  p90: "p90_ms",
  p95: "p95_ms",
  p99: "p99_ms",
  bytes: "avg_bytes",
} as const satisfies Record<string, keyof typeof ROW>;

const COMPARISON = /^(\w+)(>=|<=|>|<|=)(\d+(?:\.\d+)?)(ms|s)?$/;

const HOLDS: Record<string, (value: number, limit: number) => boolean> = {
  ">": (value, limit) => value > limit,
  "<": (value, limit) => value < limit,
  ">=": (value, limit) => value >= limit,
  "<=": (value, limit) => value <= limit,
  "=": (value, limit) =>
    Math.abs(value - limit) <= 1e-9 * Math.max(Math.abs(value), Math.abs(limit)),
};

export type Matcher = (name: Name, row: Row) => boolean;

/** What passes; or, for an expression that cannot be understood, the part that is wrong. */
export function matcher(expression: string): { passes: Matcher } | { wrong: string } {
  const tests: Matcher[] = [];
  for (const part of expression.split(/\s+/).filter(Boolean)) {
    const test = /[<>=]/.test(part) ? comparison(part) : words(part);
    if (!test) return { wrong: part };
    tests.push(test);
  }
  return { passes: (name, row) => tests.every((test) => test(name, row)) };
}

function words(part: string): Matcher {
  const [, where, text = ""] = /^(method|name):(.*)$/.exec(part) ?? [];
  if (where) {
    const place = where === "method" ? 1 : 2;
    return (name) => name[place].toLowerCase().includes(text.toLowerCase());
  }
  const wanted = part.toLowerCase();
  return (name) => `${name[1]} ${name[2]}`.toLowerCase().includes(wanted);
}

function comparison(part: string): Matcher | null {
  const [, word = "", sign = "", number = "", unit] = COMPARISON.exec(part.toLowerCase()) ?? [];
  if (!(word in FIELDS)) return null;
  const field = FIELDS[word as keyof typeof FIELDS];
  if (unit && !field.endsWith("_ms")) return null;
  const limit = Number(number) * (unit === "s" ? 1000 : 1);
  const holds = HOLDS[sign];
  if (!holds) return null;
  return (_name, row) => {
    const value = row[ROW[field]] as number | null;
    return value !== null && holds(value, limit);
  };
}
