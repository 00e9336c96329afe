/** Pure parts of the forms: what has changed, and times as people write them. */

import type { ClassChange, UserClass } from "../../api/schema.gen";
import { t } from "../../messages";
import { formatCount } from "../../numbers/format";
import type { Limits } from "../../numbers/parse";

/** What the server takes (`locust_like/web/schemas.py`). */
export const USERS: Limits = { min: 0, max: 10_000_000, isWhole: true };
export const RATE: Limits = { min: 0.001, max: 1_000_000 };
export const WEIGHT: Limits = { min: 0, max: 1_000_000 };

/** Why a number cannot be used; "" if it can. */
export function flawOf(value: number, { min, max }: Limits): string {
  if (!Number.isNaN(value)) return "";
  return t("new.number-wrong", { low: String(min), high: formatCount(max) });
}

/** Whether a number of a class is missing or wrong. */
export function hasFlaw(classes: readonly UserClass[]): boolean {
  return classes.some((row) => Number.isNaN(row.weight) || Number.isNaN(row.fixed_count));
}

/** Only what differs, so that an edit says what it means. */
export function changesOf(
  before: readonly UserClass[],
  after: readonly UserClass[],
): ClassChange[] {
  const old = new Map(before.map((row) => [row.name, row]));
  return after.flatMap((row) => {
    const was = old.get(row.name);
    if (!was) return [];
    const change: ClassChange = { name: row.name };
    if (row.enabled !== was.enabled) change.enabled = row.enabled;
    if (row.weight !== was.weight) change.weight = row.weight;
    if (row.fixed_count !== was.fixed_count) change.fixed_count = row.fixed_count;
    if ((row.host ?? "") !== (was.host ?? "")) change.host = row.host ?? "";
    return Object.keys(change).length > 1 ? [change] : [];
  });
}

/** The classes as they would be after the changes; those that have gone are left out. */
export function withChanges(
  classes: readonly UserClass[],
  changes: readonly ClassChange[],
): UserClass[] {
  const byName = new Map(changes.map((change) => [change.name, change]));
  return classes.map((row) => {
    const change = byName.get(row.name);
    return {
      ...row,
      enabled: change?.enabled ?? row.enabled,
      weight: change?.weight ?? row.weight,
      fixed_count: change?.fixed_count ?? row.fixed_count,
      host: change?.host ?? row.host,
    };
  });
}

const UNITS_S: Record<string, number> = { h: 3600, m: 60, s: 1 };

/** Seconds of "90", "90s", "20m", "1h30m"; 0 for an empty text, null for anything else. */
export function parseRunTime(text: string): number | null {
  const plain = text.trim().toLowerCase();
  if (plain === "") return 0;
  if (/^\d+(\.\d+)?$/.test(plain)) return Number(plain);
  if (!/^(\d+(\.\d+)?h)?(\d+(\.\d+)?m)?(\d+(\.\d+)?s)?$/.test(plain)) return null;
  let seconds = 0;
  for (const [, number, unit] of plain.matchAll(/([\d.]+)([hms])/g)) {
    seconds += Number(number) * (UNITS_S[unit ?? ""] ?? 0);
  }
  return seconds;
}

/** The text that `parseRunTime` understands. */
export function runTimeText(seconds: number | null): string {
  if (!seconds) return "";
  const parts = [
    [Math.floor(seconds / 3600), "h"],
    [Math.floor((seconds % 3600) / 60), "m"],
    [Math.round((seconds % 60) * 1000) / 1000, "s"],
  ] as const;
  return parts.map(([count, unit]) => (count ? `${count}${unit}` : "")).join("");
}
