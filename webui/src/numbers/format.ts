/**
 * How numbers become text: the only place that rounds and that knows units.
 *
 * Every figure carries its unit, and a time its scale (µs, ms, s), so that nobody has to guess.
 * Three significant digits everywhere: the histograms behind the percentiles are exact to about
 * 1 %, so more digits would pretend. What was not measured is an en dash, never 0.
 */

/** Shown where nothing was measured. */
export const NOTHING = "–";

type Maybe = number | null | undefined;

// One locale for all numbers, because the texts around them are in one language too.
const LOCALE = "en-GB";
const SIGNIFICANT = 3;

const integer = new Intl.NumberFormat(LOCALE, { maximumFractionDigits: 0 });
const significant = new Intl.NumberFormat(LOCALE, {
  minimumSignificantDigits: SIGNIFICANT,
  maximumSignificantDigits: SIGNIFICANT,
});
const plain = new Intl.NumberFormat(LOCALE, { maximumSignificantDigits: SIGNIFICANT });
const twoDecimals = new Intl.NumberFormat(LOCALE, { maximumFractionDigits: 2 });
const clockSeconds = new Intl.DateTimeFormat(LOCALE, {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hourCycle: "h23",
});
const clockMinutes = new Intl.DateTimeFormat(LOCALE, {
  hour: "2-digit",
  minute: "2-digit",
  hourCycle: "h23",
});
const wholeDate = new Intl.DateTimeFormat(LOCALE, {
  day: "numeric",
  month: "short",
  year: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hourCycle: "h23",
});
const dayOnly = new Intl.DateTimeFormat(LOCALE, { day: "numeric", month: "short" });
const dateAndClock = new Intl.DateTimeFormat(LOCALE, {
  day: "numeric",
  month: "short",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hourCycle: "h23",
});

function isNothing(value: Maybe): value is null | undefined {
  return value == null || !Number.isFinite(value);
}

function rounded(value: number): number {
  return Number(value.toPrecision(SIGNIFICANT));
}

/** Three significant digits, but integers are told whole: 0.123, 1.23, 12.3, 1,234. */
function digits(value: number, format: Intl.NumberFormat): string {
  return Math.abs(rounded(value)) >= 100 ? integer.format(value) : format.format(value);
}

/** A response time given in ms, in the unit that fits: `850 µs`, `23.4 ms`, `1.23 s`. */
export function formatMs(ms: Maybe): string {
  return timeText(ms, significant);
}

/** As `formatMs` without trailing zeros, for the ticks of an axis: `50 ms`, `1 s`. */
export function formatMsTick(ms: Maybe): string {
  return timeText(ms, plain);
}

function timeText(ms: Maybe, format: Intl.NumberFormat): string {
  if (isNothing(ms)) return NOTHING;
  if (ms === 0) return "0 ms";
  // The unit is chosen after rounding, so that 999.9 ms is 1.00 s and not 1,000 ms.
  const size = Math.abs(rounded(ms));
  if (size < 0.0001) return "<0.1 µs";
  if (size < 1) return `${digits(ms * 1000, format)} µs`;
  if (size < 1000) return `${digits(ms, format)} ms`;
  return `${digits(ms / 1000, format)} s`;
}

/** Something per second: `1,234/s`, `12.3/s`, `0.25/s`. */
export function formatRate(perSecond: Maybe): string {
  if (isNothing(perSecond)) return NOTHING;
  if (perSecond === 0) return "0/s";
  const size = Math.abs(rounded(perSecond));
  if (size < 0.01) return "<0.01/s";
  return `${size < 1 ? twoDecimals.format(perSecond) : digits(perSecond, significant)}/s`;
}

/** A whole number with its thousands apart: `1,234,567`. */
export function formatCount(count: Maybe): string {
  return isNothing(count) ? NOTHING : integer.format(count);
}

/** A number for little room, in thousands or millions: `950`, `12.3k`, `1.2M`. */
export function formatCompact(value: Maybe): string {
  if (isNothing(value)) return NOTHING;
  const size = Math.abs(rounded(value));
  if (size < 1000) return plain.format(value);
  if (size < 1e6) return `${plain.format(value / 1e3)}k`;
  if (size < 1e9) return `${plain.format(value / 1e6)}M`;
  return `${plain.format(value / 1e9)}G`;
}

/**
 * A share from 0 to 1 as percent: `4.2%`.
 *
 * Only no failure at all is `0%`, and only all of them is `100%`: what rounds to either is told as
 * `<0.01%` or `>99.99%`.
 */
export function formatPercent(share: Maybe): string {
  if (isNothing(share)) return NOTHING;
  const percent = share * 100;
  if (percent > 0 && percent < 0.01) return "<0.01%";
  if (percent < 100 && percent > 99.99) return ">99.99%";
  return `${percent < 10 ? twoDecimals.format(percent) : plain.format(percent)}%`;
}

const BYTE_UNITS = ["B", "kB", "MB", "GB", "TB", "PB"] as const;

/** An amount of data in decimal units: `512 B`, `1.23 MB`. */
export function formatBytes(bytes: Maybe): string {
  return bytesText(bytes, significant);
}

/** As `formatBytes` without trailing zeros, for the ticks of an axis: `5 MB`. */
export function formatBytesTick(bytes: Maybe): string {
  return bytesText(bytes, plain);
}

function bytesText(bytes: Maybe, format: Intl.NumberFormat): string {
  if (isNothing(bytes)) return NOTHING;
  let value = bytes;
  let unit = 0;
  while (Math.abs(rounded(value)) >= 1000 && unit < BYTE_UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const text = unit === 0 ? integer.format(value) : digits(value, format);
  return `${text} ${BYTE_UNITS[unit] ?? "B"}`;
}

/** A length of time given in seconds: `42 s`, `5 min 03 s`, `2 h 05 min`, `3 d 04 h`. */
export function formatDuration(seconds: Maybe): string {
  if (isNothing(seconds)) return NOTHING;
  const whole = Math.max(0, Math.floor(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${padded(whole % 60)} s`;
  if (whole < 86_400) {
    return `${Math.floor(whole / 3600)} h ${padded(Math.floor(whole / 60) % 60)} min`;
  }
  return `${Math.floor(whole / 86_400)} d ${padded(Math.floor(whole / 3600) % 24)} h`;
}

function padded(value: number): string {
  return String(value).padStart(2, "0");
}

/** The time of day of a moment of the server's clock, in the viewer's time zone: `12:03:10`. */
export function formatClock(wallS: Maybe): string {
  return isNothing(wallS) ? NOTHING : clockSeconds.format(wallS * 1000);
}

/** Day and time of day, for moments that may be of another day: `4 Nov, 12:03:10`. */
export function formatMoment(wallS: Maybe): string {
  return isNothing(wallS) ? NOTHING : dateAndClock.format(wallS * 1000);
}

/** The same with the year, for what somebody reads much later: `4 Nov 2026, 12:03:10`. */
export function formatDate(wallS: Maybe): string {
  return isNothing(wallS) ? NOTHING : wholeDate.format(wallS * 1000);
}

/** A tick of a time axis: seconds only where ticks are closer than a minute, midnight as the day. */
export function formatClockTick(wallS: number, stepS: number): string {
  if (stepS < 60) return clockSeconds.format(wallS * 1000);
  const text = clockMinutes.format(wallS * 1000);
  return text === "00:00" ? dayOnly.format(wallS * 1000) : text;
}
