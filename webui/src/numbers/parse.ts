/** Numbers as people type them. */

const FACTORS: Record<string, number> = { "": 1, k: 1e3, m: 1e6 };

/** The number of "100", "2.5", "2.5k" or "1M", as the command line takes them; NaN for all else. */
export function parseNumber(text: string): number {
  const found = /^(\d+(?:\.\d+)?|\.\d+)([km]?)$/i.exec(text.trim());
  if (!found) return NaN;
  return Number(found[1]) * (FACTORS[(found[2] ?? "").toLowerCase()] ?? NaN);
}

/** What a number field accepts. */
export interface Limits {
  min: number;
  max: number;
  isWhole?: boolean;
}

export function isWithin(value: number, { min, max, isWhole }: Limits): boolean {
  return value >= min && value <= max && (!isWhole || Number.isInteger(value));
}
