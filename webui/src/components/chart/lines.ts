/** How lines and areas are drawn: our own paths for uPlot, since our columns hold NaN for nothing. */

import type uPlot from "uplot";

import { type Envelope, type Pen, traceEnvelope } from "../../numbers/envelope";
import type { PointSeries } from "../../numbers/time-series";

/** One line of a chart. */
export interface Line {
  label: string;
  /** Colour, from 0: `--series-1` is slot 0; beyond the last it is the colour of text. */
  slot: number;
  read: (points: PointSeries) => Float64Array;
  /** What is kept where several intervals share a pixel. */
  envelope: Envelope;
  isFilled?: boolean;
  widthPx?: number;
  /** Width where rows are closer than pixels; 1 unless the line lies on other colours. */
  denseWidthPx?: number;
}

/** How wide a line is drawn; where rows are closer than pixels, thin ones cost half of a tick. */
export function lineWidthPx(line: Line, isDense: boolean): number {
  return isDense ? (line.denseWidthPx ?? 1) : (line.widthPx ?? 1.5);
}

type ToPixel = (value: number) => number;

/** Linear or logarithmic, without the look-ups of `valToPos`: it is called 100,000 times a tick. */
function pixelMapping(scale: uPlot.Scale, from: number, length: number): ToPixel {
  const isLog = scale.distr === 3;
  const turn = isLog ? Math.log10 : (value: number) => value;
  const low = turn(scale.min ?? 0);
  const factor = length / (turn(scale.max ?? 1) - low);
  if (!isLog) return (value) => from + (value - low) * factor;
  // What a logarithmic scale cannot show lies at its lower end.
  return (value) => (value > 0 ? from + (Math.log10(value) - low) * factor : from);
}

/** A path builder for one line; `lengths` are the intervals of the columns that uPlot holds now. */
export function pathsOf(line: Line, lengths: () => Float64Array): uPlot.Series.PathBuilder {
  return (plot, series, first, last) => {
    const { left, top, width, height } = plot.bbox;
    const { x: scaleX, y: scaleY } = plot.scales;
    if (!scaleX || !scaleY) return null;
    const stroke = new Path2D();
    const bottom = top + height;
    const area = line.isFilled ? new AreaPen(stroke, bottom) : null;
    const trace = {
      x: plot.data[0],
      y: plot.data[series] as Float64Array,
      lengths: lengths(),
      first,
      last,
      toX: pixelMapping(scaleX, left, width),
      toY: pixelMapping(scaleY, bottom, -height),
      columnPx: last - first > width ? (2 as const) : (1 as const),
    };
    traceEnvelope(trace, line.envelope, area ?? stroke);
    return { stroke, fill: area?.close() ?? null, clip: null, band: null, gaps: [], flags: 0 };
  };
}

/** Draws a line and the area between it and the bottom; each piece of line has its own area. */
class AreaPen implements Pen {
  readonly #line: Pen;
  readonly #bottom: number;
  readonly #area = new Path2D();
  #lastX = Number.NaN;

  constructor(line: Pen, bottom: number) {
    this.#line = line;
    this.#bottom = bottom;
  }

  moveTo(x: number, y: number): void {
    this.close();
    this.#line.moveTo(x, y);
    this.#area.moveTo(x, this.#bottom);
    this.#area.lineTo(x, y);
    this.#lastX = x;
  }

  lineTo(x: number, y: number): void {
    this.#line.lineTo(x, y);
    this.#area.lineTo(x, y);
    this.#lastX = x;
  }

  /** End the open piece; returns all pieces. */
  close(): Path2D {
    if (!Number.isNaN(this.#lastX)) {
      this.#area.lineTo(this.#lastX, this.#bottom);
      this.#area.closePath();
    }
    this.#lastX = Number.NaN;
    return this.#area;
  }
}
