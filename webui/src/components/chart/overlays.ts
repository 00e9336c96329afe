/**
 * What lies over or under the lines: seconds in which the generator itself was late, and moments
 * at which somebody did something.
 *
 * LATE and INVALID differ in hatching and carry their word, so that nobody needs the colour.
 */

import type uPlot from "uplot";

import type { Annotation } from "../../api/schema.gen";
import type { PointSeries, Verdict } from "../../numbers/time-series";
import { type ChartTheme, translucent } from "./theme";

/** Seconds in a row with the same verdict. */
export interface Span {
  fromS: number;
  toS: number;
  verdict: Verdict;
}

const NEIGHBOUR_S = 1.5;

/** Runs of rows that are not OK, between two rows. */
export function verdictSpans(points: PointSeries, first: number, last: number): Span[] {
  const spans: Span[] = [];
  const verdicts = points.column("verdict");
  for (let row = Math.max(0, first); row <= last; row += 1) {
    if ((verdicts[row] ?? 0) === 0) continue;
    const verdict = points.verdictAt(row);
    const fromS = points.at("wallS", row);
    const toS = fromS + points.at("seconds", row);
    const open = spans.at(-1);
    if (open && open.verdict === verdict && fromS - open.toS < NEIGHBOUR_S) open.toS = toS;
    else spans.push({ fromS, toS, verdict });
  }
  return spans;
}

/** A span as it lies on the canvas, in device pixels. */
interface Stripe {
  left: number;
  right: number;
  verdict: Verdict;
  colour: string;
}

/** Shade the spans; called before the lines are drawn. */
export function drawSpans(plot: uPlot, spans: readonly Span[], theme: ChartTheme): void {
  const { bbox } = plot;
  for (const { fromS, toS, verdict } of spans) {
    const left = Math.max(bbox.left, plot.valToPos(fromS, "x", true));
    const right = Math.min(bbox.left + bbox.width, plot.valToPos(toS, "x", true));
    if (right <= left) continue;
    const colour = verdict === "INVALID" ? theme.invalid : theme.late;
    shade(plot, { left, right, verdict, colour });
    label(plot, { left, right, verdict, colour }, theme);
  }
}

/** Tint and hatch a stripe; INVALID is denser than LATE. */
function shade({ ctx, bbox }: uPlot, { left, right, verdict, colour }: Stripe): void {
  const { top, height } = bbox;
  const isInvalid = verdict === "INVALID";
  const step = (isInvalid ? 7 : 14) * devicePixelRatio;
  ctx.save();
  ctx.beginPath();
  ctx.rect(left, top, Math.max(1, right - left), height);
  ctx.clip();
  ctx.fillStyle = translucent(colour, isInvalid ? 0.12 : 0.08);
  ctx.fillRect(left, top, right - left, height);
  ctx.strokeStyle = translucent(colour, 0.35);
  ctx.lineWidth = devicePixelRatio;
  ctx.setLineDash([]);
  ctx.beginPath();
  // Lines start at multiples of the step, so that they stand still while the span grows.
  for (let x = Math.floor((left - height) / step) * step; x < right; x += step) {
    ctx.moveTo(x, top + height);
    ctx.lineTo(x + height, top);
  }
  ctx.stroke();
  ctx.restore();
}

/** Name the verdict where the stripe is wide enough for the word. */
function label({ ctx, bbox }: uPlot, { left, right, verdict, colour }: Stripe, theme: ChartTheme) {
  ctx.save();
  ctx.font = scaledFont(theme.font, 9);
  const width = ctx.measureText(verdict).width;
  if (right - left > width + 6 * devicePixelRatio) {
    ctx.fillStyle = colour;
    ctx.textAlign = "center";
    ctx.textBaseline = "bottom";
    ctx.fillText(verdict, (left + right) / 2, bbox.top + bbox.height - 3 * devicePixelRatio);
  }
  ctx.restore();
}

const CUT_AT = 24;

/** A moment as it is drawn: where, and how much of its text fits. */
export interface Flag {
  x: number;
  text: string;
}

/**
 * Which annotations get a line, and which of those a text.
 *
 * Lines stand at every moment. A text that would run into the next line's text is left out; it is
 * told in the list of events and when the pointer is near.
 */
export function placeFlags(
  moments: readonly { x: number; text: string }[],
  right: number,
  widthOf: (text: string) => number,
): Flag[] {
  const flags: Flag[] = [];
  let free = right;
  // From the newest back: what happened last is what one looks for.
  for (const { x, text } of [...moments].sort((a, b) => b.x - a.x)) {
    const short = text.length > CUT_AT ? `${text.slice(0, CUT_AT - 1)}…` : text;
    const fits = x + widthOf(short) <= free;
    flags.push({ x, text: fits ? short : "" });
    if (fits) free = x;
  }
  return flags.reverse();
}

/** Draw the annotations of the window; called after the lines. */
export function drawAnnotations(
  plot: uPlot,
  annotations: readonly Annotation[],
  theme: ChartTheme,
): void {
  const { ctx, bbox } = plot;
  const right = bbox.left + bbox.width;
  const ratio = devicePixelRatio;
  const moments = annotations
    .map(({ wall_s: wallS, text }) => ({ x: plot.valToPos(wallS, "x", true), text }))
    .filter(({ x }) => x >= bbox.left - 1 && x <= right + 1);
  if (moments.length === 0) return;
  ctx.save();
  ctx.font = scaledFont(theme.font, 10);
  const margin = 6 * ratio;
  const flags = placeFlags(moments, right, (text) => ctx.measureText(text).width + margin);
  ctx.strokeStyle = theme.annotation;
  ctx.lineWidth = ratio;
  ctx.setLineDash([3 * ratio, 3 * ratio]);
  ctx.beginPath();
  for (const { x } of flags) {
    ctx.moveTo(Math.round(x) + 0.5, bbox.top);
    ctx.lineTo(Math.round(x) + 0.5, bbox.top + bbox.height);
  }
  ctx.stroke();
  ctx.textBaseline = "top";
  ctx.textAlign = "left";
  for (const { x, text } of flags) {
    if (!text) continue;
    ctx.fillStyle = translucent(theme.surface, 0.8);
    ctx.fillRect(x + ratio, bbox.top, ctx.measureText(text).width + margin, 14 * ratio);
    ctx.fillStyle = theme.text;
    ctx.fillText(text, x + 4 * ratio, bbox.top + 2 * ratio);
  }
  ctx.restore();
}

/** A font of so many CSS pixels for a canvas of device pixels. */
export function scaledFont(font: string, sizePx: number): string {
  return font.replace(/^[\d.]+px/, `${sizePx * devicePixelRatio}px`);
}

/** Annotations near a moment, for the text at the pointer. */
export function annotationsNear(
  annotations: readonly Annotation[],
  wallS: number,
  withinS: number,
): Annotation[] {
  return annotations.filter((each) => Math.abs(each.wall_s - wallS) <= withinS);
}
