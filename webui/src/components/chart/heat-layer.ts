/** Paints the heat map under a chart's axes: one small picture of cells, stretched band by band. */

import type uPlot from "uplot";

import type { Range } from "../../numbers/axis";
import {
  bandStartMs,
  type HeatCell,
  heatCellAt,
  type HeatGrid,
  heatGrid,
  heatStrength,
} from "../../numbers/heat";
import type { PointSeries } from "../../numbers/time-series";
import type { Layer } from "./plot";
import type { ChartTheme } from "./theme";

// Cells narrower than this look like noise.
const LEAST_CELL_PX = 4;
const COLOUR_STEPS = 64;

type Rgb = readonly [red: number, green: number, blue: number];

/** Paint requests by time and response time; strength grows with requests per second. */
export class HeatLayer implements Layer {
  #grid: HeatGrid | null = null;
  readonly #cells = document.createElement("canvas");
  #paletteOf: ChartTheme | null = null;
  #palette: Rgb[] = [];

  /** Requests per second of the strongest cell, 0 where there is nothing. */
  get highest(): number {
    return this.#grid?.highest ?? 0;
  }

  /** The cell at a moment and a response time, null outside. */
  cellAt(wallS: number, ms: number): HeatCell | null {
    return this.#grid ? heatCellAt(this.#grid, wallS, ms) : null;
  }

  prepare(points: PointSeries, fromS: number, toS: number, pixels: number): Range | null {
    const most = pixels / devicePixelRatio / LEAST_CELL_PX;
    const grid = heatGrid(points, fromS, toS, most);
    this.#grid = grid;
    if (grid.bands === 0) return null;
    return [bandStartMs(grid.firstBand), bandStartMs(grid.firstBand + grid.bands)];
  }

  paint(plot: uPlot, theme: ChartTheme): void {
    const grid = this.#grid;
    if (!grid || grid.bins === 0) return;
    this.#fillCells(grid, theme);
    const { ctx, bbox } = plot;
    const left = plot.valToPos(grid.startS, "x", true);
    const right = plot.valToPos(grid.startS + grid.bins * grid.binS, "x", true);
    ctx.save();
    ctx.beginPath();
    ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
    ctx.clip();
    ctx.imageSmoothingEnabled = false;
    for (let band = 0; band < grid.bands; band += 1) {
      const bottom = Math.round(plot.valToPos(bandStartMs(grid.firstBand + band), "y", true));
      const top = Math.round(plot.valToPos(bandStartMs(grid.firstBand + band + 1), "y", true));
      ctx.drawImage(this.#cells, 0, band, grid.bins, 1, left, top, right - left, bottom - top);
    }
    ctx.restore();
  }

  /** One pixel for each cell. */
  #fillCells({ bins, bands, perS, highest }: HeatGrid, theme: ChartTheme): void {
    const palette = this.#colours(theme);
    this.#cells.width = bins;
    this.#cells.height = bands;
    const ctx = this.#cells.getContext("2d");
    if (!ctx) return;
    const picture = ctx.createImageData(bins, bands);
    for (let bin = 0; bin < bins; bin += 1) {
      for (let band = 0; band < bands; band += 1) {
        const strength = heatStrength(perS[bin * bands + band] ?? 0, highest);
        if (strength === 0) continue;
        const colour = palette[Math.round(strength * (COLOUR_STEPS - 1))] ?? [0, 0, 0];
        picture.data.set([...colour, 255], 4 * (band * bins + bin));
      }
    }
    ctx.putImageData(picture, 0, 0);
  }

  #colours(theme: ChartTheme): Rgb[] {
    if (this.#paletteOf !== theme) {
      this.#palette = gradient(theme.heat.map(channelsOf), COLOUR_STEPS);
      this.#paletteOf = theme;
    }
    return this.#palette;
  }
}

function channelsOf(colour: string): Rgb {
  const hex = /^#(..)(..)(..)$/.exec(colour);
  const parts = hex
    ? hex.slice(1).map((part) => parseInt(part, 16))
    : (colour.match(/[\d.]+/g) ?? []).map(Number);
  return [parts[0] ?? 0, parts[1] ?? 0, parts[2] ?? 0];
}

/** So many colours between the stops. */
export function gradient(stops: readonly Rgb[], steps: number): Rgb[] {
  return Array.from({ length: steps }, (_, step) => {
    const place = (step / (steps - 1)) * (stops.length - 1);
    const index = Math.min(stops.length - 2, Math.floor(place));
    const from = stops[index] ?? [0, 0, 0];
    const to = stops[index + 1] ?? from;
    const mix = (channel: 0 | 1 | 2) =>
      Math.round(from[channel] + (to[channel] - from[channel]) * (place - index));
    return [mix(0), mix(1), mix(2)] as const;
  });
}
