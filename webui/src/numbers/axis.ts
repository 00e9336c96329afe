/** Ranges and ticks of axes as pure functions: where a scale ends and which values it names. */

/** A range of values, lowest first. */
export type Range = [low: number, high: number];

const STEPS = [1, 2, 5, 10] as const;

/** The next of 1, 2, 5, 10, 20, 50 ... at or above a positive value. */
export function niceAbove(value: number): number {
  const decade = 10 ** Math.floor(Math.log10(value));
  const step = STEPS.find((each) => each * decade >= value * (1 - 1e-9)) ?? 10;
  return step * decade;
}

/** The next of 1, 2, 5, 10, 20, 50 ... at or below a positive value. */
export function niceBelow(value: number): number {
  const decade = 10 ** Math.floor(Math.log10(value) + 1e-9);
  const steps = STEPS.filter((each) => each * decade <= value * (1 + 1e-9));
  return (steps.at(-1) ?? 1) * decade;
}

/**
 * A linear scale from 0 to a little above the highest value.
 *
 * `least` is the lowest end, so that a flat line at 0 does not fill the chart with noise.
 */
export function linearRange(highest: number | null | undefined, least: number): Range {
  if (highest == null || !Number.isFinite(highest) || highest <= 0) return [0, least];
  const step = niceAbove(highest / 5);
  return [0, Math.max(least, Math.ceil((highest * 1.04) / step) * step)];
}

/** A logarithmic scale around the values, at least one decade high. */
export function logRange(
  lowest: number | null | undefined,
  highest: number | null | undefined,
): Range {
  if (lowest == null || highest == null || !(highest > 0)) return [1, 1000];
  const low = niceBelow(lowest > 0 ? Math.min(lowest, highest) : highest / 100);
  const high = niceAbove(highest * 1.04);
  return high / low >= 10 ? [low, high] : [low, low * 10];
}

/** Ticks of a linear scale, at most `most`, at steps of 1, 2 or 5. */
export function linearTicks(low: number, high: number, most: number): number[] {
  if (!(high > low)) return [low];
  const step = niceAbove((high - low) / Math.max(1, most - 1));
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, index) => exact((first + index) * step));
}

/** Ticks of a logarithmic scale: 1-2-5 of each decade if they fit, else whole decades. */
export function logTicks(low: number, high: number, most: number): number[] {
  for (const steps of [[1, 2, 5], [1, 3], [1]]) {
    const ticks = decadeTicks(low, high, steps);
    if (ticks.length <= most) return ticks;
  }
  const decades = decadeTicks(low, high, [1]);
  const every = Math.ceil(decades.length / Math.max(1, most));
  return decades.filter((_, index) => index % every === 0);
}

function decadeTicks(low: number, high: number, steps: readonly number[]): number[] {
  const ticks: number[] = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power += 1) {
    for (const step of steps) {
      const tick = exact(step * 10 ** power);
      if (tick >= low * (1 - 1e-9) && tick <= high * (1 + 1e-9)) ticks.push(tick);
    }
  }
  return ticks;
}

/** Without the last binary digits that multiplying by 0.1 leaves behind. */
function exact(value: number): number {
  return Number(value.toPrecision(12));
}

const TIME_STEPS_S = [
  1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400,
] as const;

/** Distance of time ticks so that at most `most` fit into a span, in seconds. */
export function timeStepS(spanS: number, most: number): number {
  const least = spanS / Math.max(1, most);
  return TIME_STEPS_S.find((step) => step >= least) ?? Math.ceil(least / 86_400) * 86_400;
}

/**
 * Moments of the time axis, at full minutes or hours of the viewer's clock.
 *
 * `zoneS` is the viewer's offset from UTC, so that 6-hour ticks fall on 6:00 and not on 7:00.
 */
export function timeTicks(fromS: number, toS: number, most: number, zoneS: number): number[] {
  if (!(toS > fromS)) return [];
  const step = timeStepS(toS - fromS, most);
  const first = Math.ceil((fromS + zoneS) / step);
  const last = Math.floor((toS + zoneS) / step);
  return Array.from({ length: last - first + 1 }, (_, index) => (first + index) * step - zoneS);
}

/**
 * Lowest and highest of the rows `first` to `last`, null where nothing was measured.
 *
 * `isPositive` leaves out 0, which a logarithmic scale cannot show.
 */
export function extentOf(
  values: Float64Array,
  first: number,
  last: number,
  isPositive = false,
): Range | null {
  let low = Infinity;
  let high = -Infinity;
  for (let row = first; row <= last; row += 1) {
    const value = values[row] ?? Number.NaN;
    if (isPositive && value <= 0) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return high < low ? null : [low, high];
}
