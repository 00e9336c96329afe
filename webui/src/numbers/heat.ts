/**
 * The latency heat map as numbers: time bins across, bands of response time up.
 *
 * The server counts requests in bands, four to each doubling: band b begins at
 * 2**(b // 4) * (1 + (b % 4) / 4) µs. Bins are whole multiples of the time axis (not of the
 * window), so that cells keep their place and their content while the window moves on.
 */

import type { PointSeries } from "./time-series";

const BANDS_PER_OCTAVE = 4;

/** Lengths of a bin that are read easily, in seconds. */
const BIN_STEPS_S = [1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600] as const;

/** Where a band begins, in ms. Its end is the begin of the next. */
export function bandStartMs(band: number): number {
  const octave = Math.floor(band / BANDS_PER_OCTAVE);
  return (2 ** octave * (1 + (band % BANDS_PER_OCTAVE) / BANDS_PER_OCTAVE)) / 1000;
}

/** The band that a response time falls into; below 1 µs it is the first. */
export function bandOf(ms: number): number {
  const us = Math.max(1, ms * 1000);
  const octave = Math.floor(Math.log2(us));
  const part = Math.floor((us / 2 ** octave - 1) * BANDS_PER_OCTAVE);
  return octave * BANDS_PER_OCTAVE + Math.min(BANDS_PER_OCTAVE - 1, part);
}

/** The shortest readable bin of which at most `bins` fit into a span. */
export function binLengthS(spanS: number, bins: number): number {
  const least = spanS / Math.max(1, bins);
  return BIN_STEPS_S.find((step) => step >= least) ?? Math.ceil(least / 3600) * 3600;
}

/** Requests of a window of time, counted by bin and band. */
export interface HeatGrid {
  /** Begin of the first bin. */
  startS: number;
  binS: number;
  bins: number;
  /** The first band that has requests; bands are consecutive. */
  firstBand: number;
  bands: number;
  /** Requests per second, bin by bin: `perS[bin * bands + (band - firstBand)]`. */
  perS: Float32Array;
  /** The highest of `perS`, 0 where there is nothing. */
  highest: number;
}

const EMPTY: HeatGrid = {
  startS: 0,
  binS: 1,
  bins: 0,
  firstBand: 0,
  bands: 0,
  perS: new Float32Array(),
  highest: 0,
};

/**
 * Count the rows of a window into bins.
 *
 * An interval that is longer than a bin fills all bins that it covers, at its rate per second, so
 * that 10-s rows beside 1-s rows have the same colour for the same load.
 */
export function heatGrid(
  points: PointSeries,
  fromS: number,
  toS: number,
  maxBins: number,
): HeatGrid {
  if (points.length === 0 || !(toS > fromS)) return EMPTY;
  const begins = points.column("wallS");
  const lengths = points.column("seconds");
  const first = Math.max(0, points.rowAt(fromS));
  const last = points.rowAt(toS);
  const [firstBand, lastBand] = bandRange(points, first, last);
  if (lastBand < firstBand) return EMPTY;
  const binS = binLengthS(toS - fromS, maxBins);
  const startS = Math.floor(fromS / binS) * binS;
  const bins = Math.ceil((toS - startS) / binS) + 1;
  const bands = lastBand - firstBand + 1;
  const perS = new Float32Array(bins * bands);
  for (let row = first; row <= last; row += 1) {
    const begin = begins[row] ?? 0;
    const length = lengths[row] ?? 1;
    const heat = points.heatAt(row);
    const weight = 1 / Math.max(binS, length);
    // A row goes into the bin of its middle; one longer than a bin into all that it covers.
    const inset = Math.min(length, binS) / 2;
    const from = Math.max(0, Math.floor((begin + inset - startS) / binS));
    const to = Math.min(bins - 1, Math.floor((begin + length - inset - startS) / binS));
    for (let bin = from; bin <= to; bin += 1) add(perS, bin * bands - firstBand, heat, weight);
  }
  return { startS, binS, bins, firstBand, bands, perS, highest: highestOf(perS) };
}

function bandRange(points: PointSeries, first: number, last: number): [number, number] {
  let low = Infinity;
  let high = -Infinity;
  for (let row = first; row <= last; row += 1) {
    const heat = points.heatAt(row);
    for (let index = 0; index + 1 < heat.length; index += 2) {
      const band = heat[index] ?? 0;
      if (band < low) low = band;
      if (band > high) high = band;
    }
  }
  return [low, high];
}

function add(perS: Float32Array, offset: number, heat: readonly number[], weight: number): void {
  for (let index = 0; index + 1 < heat.length; index += 2) {
    const cell = offset + (heat[index] ?? 0);
    perS[cell] = (perS[cell] ?? 0) + (heat[index + 1] ?? 0) * weight;
  }
}

function highestOf(values: Float32Array): number {
  let highest = 0;
  for (const value of values) if (value > highest) highest = value;
  return highest;
}

/** What one cell holds, for the text beside the pointer. */
export interface HeatCell {
  startS: number;
  endS: number;
  fromMs: number;
  toMs: number;
  perS: number;
}

/** The cell at a moment and a response time; null outside the grid. */
export function heatCellAt(grid: HeatGrid, wallS: number, ms: number): HeatCell | null {
  const bin = Math.floor((wallS - grid.startS) / grid.binS);
  const band = bandOf(ms);
  const row = band - grid.firstBand;
  if (bin < 0 || bin >= grid.bins || row < 0 || row >= grid.bands) return null;
  return {
    startS: grid.startS + bin * grid.binS,
    endS: grid.startS + (bin + 1) * grid.binS,
    fromMs: bandStartMs(band),
    toMs: bandStartMs(band + 1),
    perS: grid.perS[bin * grid.bands + row] ?? 0,
  };
}

/**
 * How strong a cell is drawn, 0 to 1.
 *
 * Logarithmic over three decades, because the slow tail that one looks for is a thousand times
 * thinner than the bulk. A cell with any request stays visible.
 */
export function heatStrength(perS: number, highest: number): number {
  if (perS <= 0 || highest <= 0) return 0;
  const decades = Math.log10(perS / highest) / 3;
  return Math.max(0.06, 1 + decades);
}
