/**
 * One chart on the page, drawn imperatively: React makes and removes it, and never sees a tick.
 *
 * The columns of the points are handed to uPlot as they are; ranges are set by us, since uPlot's
 * search for lowest and highest does not know that NaN is nothing.
 */

import uPlot from "uplot";

import type { Annotation } from "../../api/schema.gen";
import { extentOf, linearRange, logRange, type Range } from "../../numbers/axis";
import { lastAtOrBefore, type PointSeries } from "../../numbers/time-series";
import { type Line, lineWidthPx } from "./lines";
import { drawAnnotations, drawSpans, verdictSpans } from "./overlays";
import { type PlotParts, plotOptions, type ValueAxis } from "./plot-options";
import { type ChartTheme, readTheme } from "./theme";
import { snapToPixels } from "./time-window";

/** Painted under the lines, and setting the range of values: the heat map. */
export interface Layer {
  /** Prepare for a window; returns the range of values, null where there is nothing. */
  prepare: (points: PointSeries, fromS: number, toS: number, pixels: number) => Range | null;
  paint: (plot: uPlot, theme: ChartTheme) => void;
}

/** What a chart shows. A changed spec needs a new `Plot`. */
export interface PlotSpec {
  lines: readonly Line[];
  axis: ValueAxis;
  layer?: Layer;
}

/** What a chart shows at one moment. */
export interface View {
  points: PointSeries;
  range: Range;
  annotations: readonly Annotation[];
}

export interface PlotEvents {
  onZoom: (fromS: number, toS: number) => void;
  onResetZoom: () => void;
  /** The cursor has moved or left; ask `cursorRow` where it is. */
  onCursor: () => void;
}

const KEY_STEP_ROWS = 10;

export class Plot {
  readonly #host: HTMLElement;
  readonly #spec: PlotSpec;
  readonly #uplot: uPlot;
  #theme: ChartTheme;
  #view: View | null = null;
  #lengths: Float64Array = new Float64Array();

  constructor(host: HTMLElement, spec: PlotSpec, syncKey: string, events: PlotEvents) {
    this.#host = host;
    this.#spec = spec;
    this.#theme = readTheme(host);
    const parts: PlotParts = {
      ...spec,
      syncKey,
      hasCrosshair: spec.layer !== undefined,
      theme: () => this.#theme,
      lengths: () => this.#lengths,
      ...events,
      drawUnder: (plot) => this.#drawUnder(plot),
      drawOver: (plot) => this.#drawOver(plot),
    };
    const nothing = [new Float64Array(), ...spec.lines.map(() => new Float64Array())];
    const [width, height] = sizeOf(host);
    this.#uplot = new uPlot(plotOptions(parts, width, height), nothing as uPlot.AlignedData, host);
  }

  /** Draw a view; all lines in one go. */
  show(view: View): void {
    this.#view = view;
    const { points } = view;
    const x = points.column("wallS");
    this.#lengths = points.column("seconds");
    const columns = [x, ...this.#spec.lines.map((line) => line.read(points))];
    const pixels = this.#uplot.bbox.width;
    const [fromS, toS] = snapToPixels(view.range, pixels);
    const first = Math.max(0, lastAtOrBefore(x, fromS));
    const last = lastAtOrBefore(x, toS);
    const [low, high] =
      this.#spec.layer?.prepare(points, fromS, toS, pixels) ??
      this.#valueRange(columns, first, last);
    this.#spec.lines.forEach((line, index) => {
      const series = this.#uplot.series[index + 1];
      if (series) series.width = lineWidthPx(line, last - first > pixels);
    });
    this.#uplot.batch(() => {
      this.#uplot.setData(columns as unknown as uPlot.AlignedData, false);
      this.#uplot.setScale("x", { min: fromS, max: toS });
      this.#uplot.setScale("y", { min: low, max: high });
    });
  }

  /** Show or hide one line, counted from 0. */
  setShown(line: number, isShown: boolean): void {
    if (this.#uplot.series[line + 1]?.show === isShown) return;
    this.#uplot.setSeries(line + 1, { show: isShown });
    this.#showAgain();
  }

  /** Fit the size of the host. */
  fit(): void {
    const [width, height] = sizeOf(this.#host);
    if (width === this.#uplot.width && height === this.#uplot.height) return;
    this.#uplot.setSize({ width, height });
    this.#showAgain();
  }

  /** Read the colours of the page again. */
  retheme(): void {
    this.#theme = readTheme(this.#host);
    this.#showAgain();
  }

  /** The row under the cursor, null while there is no cursor. */
  get cursorRow(): number | null {
    const { left = -1, idx } = this.#uplot.cursor;
    if (left < 0 || idx == null || !this.#view) return null;
    return idx < this.#view.points.length ? idx : null;
  }

  /** Moment and value under the cursor, null while there is no cursor. */
  get cursorPosition(): { wallS: number; value: number; secondsPerPx: number } | null {
    const { left = -1, top = -1 } = this.#uplot.cursor;
    if (left < 0) return null;
    const wallS = this.#uplot.posToVal(left, "x");
    const secondsPerPx = this.#uplot.posToVal(left + 1, "x") - wallS;
    return { wallS, value: this.#uplot.posToVal(top, "y"), secondsPerPx };
  }

  /** Move the cursor by rows, from the newest where there is none; all charts follow. */
  stepCursor(step: -1 | 1, isFar: boolean): void {
    const rows = isFar ? KEY_STEP_ROWS : 1;
    const [first, last] = this.#visibleRows();
    const row = this.cursorRow ?? (step > 0 ? first - rows : last + rows);
    this.#putCursor(Math.min(last, Math.max(first, row + step * rows)));
  }

  /** Move the cursor to the first or last row in view. */
  putCursorAtEnd(isLast: boolean): void {
    const [first, last] = this.#visibleRows();
    this.#putCursor(isLast ? last : first);
  }

  hideCursor(): void {
    this.#uplot.over.dispatchEvent(new MouseEvent("mouseleave"));
  }

  destroy(): void {
    this.#uplot.destroy();
  }

  /** Events instead of `setCursor`, whose news to other charts needs an event of a pointer. */
  #putCursor(row: number): void {
    const { over } = this.#uplot;
    const wallS = this.#view?.points.at("wallS", row) ?? Number.NaN;
    if (Number.isNaN(wallS)) return;
    const box = over.getBoundingClientRect();
    const clientX = box.left + this.#uplot.valToPos(wallS, "x");
    const clientY = box.top + box.height / 2;
    over.dispatchEvent(new MouseEvent("mouseenter", { clientX, clientY }));
    over.dispatchEvent(new MouseEvent("mousemove", { clientX, clientY }));
  }

  #visibleRows(): Range {
    const { x } = this.#uplot.scales;
    const points = this.#view?.points;
    if (!points || x?.min == null || x.max == null) return [0, -1];
    const before = points.rowAt(x.min);
    const first = points.at("wallS", before) === x.min ? before : before + 1;
    return [first, points.rowAt(x.max)];
  }

  #showAgain(): void {
    if (this.#view) this.show(this.#view);
  }

  #valueRange(columns: readonly Float64Array[], first: number, last: number): Range {
    const { scale, least } = this.#spec.axis;
    let low = Infinity;
    let high = -Infinity;
    for (let index = 1; index < columns.length; index += 1) {
      if (!this.#uplot.series[index]?.show) continue;
      const extent = extentOf(columns[index] ?? new Float64Array(), first, last, scale === "log");
      if (extent) [low, high] = [Math.min(low, extent[0]), Math.max(high, extent[1])];
    }
    if (high < low) return scale === "log" ? logRange(null, null) : linearRange(null, least);
    return scale === "log" ? logRange(low, high) : linearRange(high, least);
  }

  #drawUnder(plot: uPlot): void {
    const view = this.#view;
    const { x } = plot.scales;
    if (!view || x?.min == null || x.max == null) return;
    this.#spec.layer?.paint(plot, this.#theme);
    const { points } = view;
    const spans = verdictSpans(points, points.rowAt(x.min), points.rowAt(x.max));
    drawSpans(plot, spans, this.#theme);
  }

  #drawOver(plot: uPlot): void {
    if (this.#view) drawAnnotations(plot, this.#view.annotations, this.#theme);
  }
}

function sizeOf(host: HTMLElement): [width: number, height: number] {
  return [Math.max(120, host.clientWidth), Math.max(80, host.clientHeight)];
}
