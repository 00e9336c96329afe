/** What uPlot is told once when a chart is made: axes, cursor, scales and hooks. */

import type uPlot from "uplot";

import { linearTicks, logTicks, timeStepS, timeTicks } from "../../numbers/axis";
import { formatClockTick } from "../../numbers/format";
import { type Line, lineWidthPx, pathsOf } from "./lines";
import { type ChartTheme, DASHES, translucent } from "./theme";

/** The values of a chart: their scale and their unit. */
export interface ValueAxis {
  /** Text of a tick, with its unit. */
  tick: (value: number) => string;
  /** Text of a value in legend, table and summary, with its unit. */
  value: (value: number) => string;
  scale: "linear" | "log";
  /** The lowest end of a linear scale. */
  least: number;
}

/** What the options need to know of the plot that they make. */
export interface PlotParts {
  lines: readonly Line[];
  axis: ValueAxis;
  syncKey: string;
  hasCrosshair: boolean;
  theme: () => ChartTheme;
  lengths: () => Float64Array;
  onZoom: (fromS: number, toS: number) => void;
  onResetZoom: () => void;
  onCursor: () => void;
  drawUnder: (plot: uPlot) => void;
  drawOver: (plot: uPlot) => void;
}

// One width for all value axes, so that the time axes of all charts stand under each other.
const VALUE_AXIS_PX = 64;
const TIME_AXIS_PX = 26;
const TIME_TICK_PX = 84;
const TIME_TEXT_PX = 52;
const RIGHT_PX = 12;
const VALUE_TICK_PX = 30;
const LEAST_DRAG_PX = 6;

/** All options of one chart at a size in CSS pixels. */
export function plotOptions(parts: PlotParts, width: number, height: number): uPlot.Options {
  return {
    width,
    height,
    padding: [10, RIGHT_PX, 0, 0],
    legend: { show: false },
    scales: {
      x: { time: false, auto: false, range: (_, low, high) => [low, high] },
      y: { distr: parts.axis.scale === "log" ? 3 : 1, auto: false },
    },
    series: [{}, ...parts.lines.map((line, place) => seriesOf(line, place, parts))],
    axes: [timeAxis(parts), valueAxis(parts)],
    cursor: cursorOf(parts),
    hooks: {
      drawAxes: [parts.drawUnder],
      draw: [parts.drawOver],
      setCursor: [parts.onCursor],
      setSelect: [(plot) => zoomToSelection(plot, parts.onZoom)],
    },
  };
}

function seriesOf(line: Line, place: number, { theme, lengths }: PlotParts): uPlot.Series {
  const colour = () => theme().lines[line.slot] ?? theme().text;
  const dash = DASHES[place % DASHES.length] ?? [];
  return {
    label: line.label,
    scale: "y",
    auto: false,
    stroke: colour,
    width: lineWidthPx(line, false),
    dash: dash.map((length) => length * devicePixelRatio),
    // Round ends on every dash would cost a third of a tick.
    cap: "butt",
    paths: pathsOf(line, lengths),
    points: { show: false },
    ...(line.isFilled ? { fill: () => translucent(colour(), 0.12) } : {}),
  };
}

function axisLook({ theme }: PlotParts): Partial<uPlot.Axis> {
  return {
    stroke: () => theme().text,
    font: theme().font,
    grid: { stroke: () => theme().grid, width: 1 },
    ticks: { show: false },
    gap: 6,
  };
}

function timeAxis(parts: PlotParts): uPlot.Axis {
  const most = (plot: uPlot) => Math.max(2, Math.floor(plot.width / TIME_TICK_PX));
  return {
    ...axisLook(parts),
    scale: "x",
    size: TIME_AXIS_PX,
    splits: (plot, _, low, high) => timeTicks(low, high, most(plot), zoneOffsetS(low)),
    values: (plot, splits) => {
      const { x } = plot.scales;
      const step = timeStepS((x?.max ?? 0) - (x?.min ?? 0), most(plot));
      return splits.map((moment) => (isCut(plot, moment) ? "" : formatClockTick(moment, step)));
    },
  };
}

/** Whether the text of a tick would run out of the chart at the right. */
function isCut(plot: uPlot, wallS: number): boolean {
  const { min, max } = plot.scales["x"] ?? {};
  if (min == null || max == null) return false;
  const rightPx = ((max - wallS) / (max - min)) * (plot.width - VALUE_AXIS_PX - RIGHT_PX);
  return rightPx + RIGHT_PX < TIME_TEXT_PX / 2;
}

function zoneOffsetS(wallS: number): number {
  return -60 * new Date(wallS * 1000).getTimezoneOffset();
}

function valueAxis(parts: PlotParts): uPlot.Axis {
  const ticks = parts.axis.scale === "log" ? logTicks : linearTicks;
  const most = (plot: uPlot) => Math.max(2, Math.floor(plot.height / VALUE_TICK_PX));
  return {
    ...axisLook(parts),
    scale: "y",
    size: VALUE_AXIS_PX,
    splits: (plot, _, low, high) => ticks(low, high, most(plot)),
    values: (_, splits) => splits.map(parts.axis.tick),
    // Ours are few enough already; uPlot would leave out more on a logarithmic scale.
    filter: (_, splits) => splits,
  };
}

function cursorOf({ syncKey, hasCrosshair, onResetZoom }: PlotParts): uPlot.Cursor {
  return {
    y: hasCrosshair,
    drag: { x: true, y: false, setScale: false, dist: LEAST_DRAG_PX },
    points: { size: 7 },
    // Where nothing was measured no point is shown.
    dataIdx: (plot, series, row) => (Number.isNaN(plot.data[series]?.[row] ?? NaN) ? null : row),
    bind: {
      dblclick: () => () => {
        onResetZoom();
        return null;
      },
    },
    // Only the cursor goes to the other charts: the zoom reaches them through the time window.
    sync: {
      key: syncKey,
      scales: ["x", null],
      setSeries: false,
      filters: { pub: isMove, sub: isMove },
    },
  };
}

function isMove(type: string): boolean {
  return type === "mousemove" || type === "mouseleave";
}

function zoomToSelection(plot: uPlot, onZoom: PlotParts["onZoom"]): void {
  const { left, width } = plot.select;
  if (width < LEAST_DRAG_PX) return;
  onZoom(plot.posToVal(left, "x"), plot.posToVal(left + width, "x"));
  plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
}
