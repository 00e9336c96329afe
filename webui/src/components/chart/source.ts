/** What the charts of one page draw from: points, a shared window of time, and news of changes. */

import { useMemo } from "react";

import type { Annotation } from "../../api/schema.gen";
import type { PointSeries } from "../../numbers/time-series";
import { type Preset, TimeWindow } from "./time-window";

export type Subscribe = (listener: () => void) => () => void;

/** Charts with the same source have one time axis, one cursor and one zoom. */
export interface ChartSource {
  points: PointSeries;
  window: TimeWindow;
  /** Charts with the same key share the cursor. */
  syncKey: string;
  /** Calls back after new points or annotations; never by way of React. */
  subscribe: Subscribe;
  annotations: () => readonly Annotation[];
  /** Nothing comes any more: there is no "now", and a short run need not leave room. */
  hasEnded: boolean;
  /** The server's clock at the last tick, NaN where unknown: the right end of a followed axis. */
  nowS: () => number;
}

/** What a source may leave out: a past that does not change, without annotations. */
export interface SourceOptions {
  subscribe?: Subscribe;
  annotations?: () => readonly Annotation[];
  nowS?: () => number;
  preset?: Preset;
  hasEnded?: boolean;
}

const never: Subscribe = () => () => undefined;
const noAnnotations = (): readonly Annotation[] => [];
const unknown = (): number => Number.NaN;

const LEAST_ENDED_S = 2;

let sources = 0;

/** Make a source; `useChartSource` keeps one for a component. */
export function chartSource(points: PointSeries, options: SourceOptions = {}): ChartSource {
  sources += 1;
  return {
    points,
    window: new TimeWindow(options.preset, options.hasEnded ? LEAST_ENDED_S : undefined),
    hasEnded: options.hasEnded ?? false,
    syncKey: `charts-${sources}`,
    subscribe: options.subscribe ?? never,
    annotations: options.annotations ?? noAnnotations,
    nowS: options.nowS ?? unknown,
  };
}

/**
 * Keep one source for as long as the component shows these points.
 *
 * `options` are read once; its functions must answer for the whole life of the component.
 */
export function useChartSource(points: PointSeries, options: SourceOptions = {}): ChartSource {
  // eslint-disable-next-line react-hooks/exhaustive-deps -- see the contract above
  return useMemo(() => chartSource(points, options), [points]);
}

/** The end of the followed axis: the server's clock, or the end of the last interval. */
export function edgeOf({ points, nowS }: ChartSource): number {
  const last = points.length - 1;
  const end = points.at("wallS", last) + points.at("seconds", last);
  const now = nowS();
  if (Number.isNaN(now)) return end;
  return Number.isNaN(end) ? now : Math.max(now, end);
}
