/**
 * One chart with all that belongs to it: caption, legend with live values, drawing, words for
 * those who cannot see it, keys that move the cursor, and a table on demand.
 */

import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef, useState } from "react";

import { t } from "../../messages";
import { formatClock } from "../../numbers/format";
import { Legend, writeReadings, writeText } from "./legend";
import { annotationsNear } from "./overlays";
import type { Plot, PlotSpec } from "./plot";
import { PointsTable } from "./points-table";
import { liveRow, peakOf, readingsAt, sentenceAt } from "./readings";
import { type ChartSource, edgeOf } from "./source";
import { usePlot } from "./use-plot";

import "uplot/dist/uPlot.min.css";
import "./chart.css";

/** What every chart is told. */
export interface ChartProps {
  title: string;
  source: ChartSource;
  /** The server is lost: the chart turns grey and stands still. */
  isPaused?: boolean;
  /** Shown as long as there is no point. */
  emptyText?: string;
}

interface ChartFigureProps extends ChartProps {
  spec: PlotSpec;
  /** Switches beside the title. */
  actions?: ReactNode;
  /** Beside the legend: what the colours of a layer mean. */
  legendNote?: ReactNode;
  /** Words about the place of the pointer that no line tells. */
  describeCursor?: (plot: Plot) => string;
  /** After each drawing, for parts outside this figure's knowledge. */
  onDrawn?: (plot: Plot) => void;
}

const NEAR_PX = 8;

export function ChartFigure(props: ChartFigureProps) {
  const { title, source, spec, isPaused = false, emptyText, actions, legendNote } = props;
  const host = useRef<HTMLDivElement>(null);
  const legend = useRef<HTMLUListElement>(null);
  const moment = useRef<HTMLSpanElement>(null);
  const summary = useRef<HTMLParagraphElement>(null);
  const spoken = useRef<HTMLParagraphElement>(null);
  const summaryId = useId();
  const [hidden, setHidden] = useState<ReadonlySet<number>>(new Set());
  const [hasTable, setHasTable] = useState(false);

  const tellValues = (plot: Plot) => {
    const cursor = plot.cursorPosition;
    const row = cursor ? rowNear(source, cursor.wallS) : liveRow(source.points, edgeOf(source));
    writeReadings(legend.current, readingsAt(spec.lines, spec.axis.value, source.points, row));
    writeText(moment.current, cursor ? cursorText(props, plot) : nowText(source, isPaused));
  };
  const plot = usePlot(host, spec, source, {
    onCursor: tellValues,
    onDrawn: (drawn) => {
      tellValues(drawn);
      if (host.current) host.current.dataset["empty"] = missingPart(props);
      writeText(summary.current, summaryText(props));
      props.onDrawn?.(drawn);
    },
  });
  useEffect(() => {
    spec.lines.forEach((_, line) => plot.current?.setShown(line, !hidden.has(line)));
  }, [plot, spec, hidden]);

  // While the server is lost no tick comes that would tell it.
  useEffect(() => writeText(moment.current, nowText(source, isPaused)), [source, isPaused]);

  const onKeyDown = (event: KeyboardEvent) => {
    if (!plot.current || !moveCursor(plot.current, event)) return;
    event.preventDefault();
    const row = plot.current.cursorRow;
    const words = row === null ? "" : sentenceAt(spec.lines, spec.axis.value, source.points, row);
    const clock = row === null ? "" : formatClock(source.points.at("wallS", row));
    writeText(spoken.current, words && `${clock}: ${words}`);
  };

  return (
    <figure className="chart" data-paused={isPaused}>
      <figcaption className="chart-head">
        <span className="chart-title">{title}</span>
        <span className="chart-moment" ref={moment} />
        <span className="chart-actions">
          {actions}
          <button type="button" aria-pressed={hasTable} onClick={() => setHasTable(!hasTable)}>
            {t("charts.as-table")}
          </button>
        </span>
      </figcaption>
      <div className="chart-legend-row">
        <Legend
          lines={spec.lines}
          hidden={hidden}
          onToggle={(line) => setHidden(toggled(hidden, line))}
          listRef={legend}
        />
        {legendNote}
      </div>
      <div
        className="chart-plot"
        ref={host}
        tabIndex={0}
        role="application"
        aria-roledescription={t("charts.role")}
        aria-label={t("charts.label", { title })}
        aria-describedby={summaryId}
        data-empty="points"
        onKeyDown={onKeyDown}
        onBlur={() => plot.current?.hideCursor()}
      >
        <span className="chart-empty">{emptyText ?? t("charts.empty")}</span>
      </div>
      <p className="visually-hidden" id={summaryId} ref={summary} />
      <p className="visually-hidden" aria-live="polite" ref={spoken} />
      {hasTable && (
        <PointsTable title={title} lines={spec.lines} value={spec.axis.value} source={source} />
      )}
    </figure>
  );
}

/** What is missing for a drawing: all points, all lines or their values, or nothing. */
function missingPart({ source, spec }: Pick<ChartFigureProps, "source" | "spec">): string {
  const { points } = source;
  if (points.length === 0) return "points";
  if (spec.lines.length === 0) return "lines";
  // Before the first request there are users, and rates of 0 that would look like a result.
  const hasValue = () => spec.lines.some((line) => line.read(points).some((value) => value > 0));
  return points.hasRequests || hasValue() ? "no" : "lines";
}

/** The row at a moment, -1 where the moment lies in a gap. */
function rowNear({ points }: ChartSource, wallS: number): number {
  const row = points.rowAt(wallS + points.at("seconds", points.length - 1) / 2);
  const isOutside = wallS - points.at("wallS", row) > 1.5 * points.at("seconds", row);
  return isOutside ? -1 : row;
}

function nowText(source: ChartSource, isPaused: boolean): string {
  if (isPaused) return t("charts.paused");
  return source.points.length === 0 ? "" : t(source.hasEnded ? "charts.at-end" : "charts.now");
}

function cursorText({ source, describeCursor }: ChartFigureProps, plot: Plot): string {
  const cursor = plot.cursorPosition;
  if (!cursor) return "";
  const row = rowNear(source, cursor.wallS);
  const wallS = row < 0 ? cursor.wallS : source.points.at("wallS", row);
  const near = annotationsNear(source.annotations(), cursor.wallS, cursor.secondsPerPx * NEAR_PX);
  const verdict = row < 0 ? "OK" : source.points.verdictAt(row);
  const parts = [
    formatClock(wallS),
    describeCursor?.(plot) ?? "",
    verdict === "OK" ? "" : t(`charts.verdict-${verdict}`),
    ...near.map(({ text, who }) => `${text} (${who})`),
  ];
  return parts.filter(Boolean).join(" · ");
}

/** Now and highest of each line in the window: `p95 now 23 ms, highest 140 ms at 12:03:10`. */
function summaryText({ source, spec, emptyText }: ChartFigureProps): string {
  const { points, window: view } = source;
  if (missingPart({ source, spec }) !== "no") return emptyText ?? t("charts.empty");
  const edge = edgeOf(source);
  const [from, to] = view.range(points.firstWallS, edge);
  const now = readingsAt(spec.lines, spec.axis.value, points, liveRow(points, edge));
  const parts = spec.lines.map((line, index) => {
    const peak = peakOf(line, spec.axis.value, points, points.rowAt(from), points.rowAt(to));
    const text = { line: line.label, now: now[index] ?? "" };
    return peak
      ? t("charts.summary", { ...text, highest: peak.value, at: peak.clock })
      : t("charts.summary-nothing", text);
  });
  return parts.join("; ");
}

function moveCursor(plot: Plot, { key, shiftKey }: KeyboardEvent): boolean {
  if (key === "ArrowLeft") plot.stepCursor(-1, shiftKey);
  else if (key === "ArrowRight") plot.stepCursor(1, shiftKey);
  else if (key === "PageUp") plot.stepCursor(-1, true);
  else if (key === "PageDown") plot.stepCursor(1, true);
  else if (key === "Home") plot.putCursorAtEnd(false);
  else if (key === "End") plot.putCursorAtEnd(true);
  else if (key === "Escape") plot.hideCursor();
  else return false;
  return true;
}

function toggled(set: ReadonlySet<number>, item: number): ReadonlySet<number> {
  const next = new Set(set);
  if (!next.delete(item)) next.add(item);
  return next;
}
