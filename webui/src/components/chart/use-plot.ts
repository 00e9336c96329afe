/** Makes a `Plot` for a host element, and draws it on ticks, at most once an animation frame. */

import { type RefObject, useEffect, useRef } from "react";

import { Plot, type PlotSpec } from "./plot";
import { type ChartSource, edgeOf } from "./source";
import { onThemeChange } from "./theme";

/** What happens around the drawing; called outside React. */
export interface PlotListeners {
  /** A view has been drawn. */
  onDrawn: (plot: Plot) => void;
  /** The cursor has moved or left. */
  onCursor: (plot: Plot) => void;
}

/**
 * Draw a spec into a host for as long as the component lives.
 *
 * A changed `spec` or `source` makes a new plot, so both should be kept by `useMemo` or live
 * outside the component. A hidden page is not drawn: animation frames stop there by themselves.
 */
export function usePlot(
  host: RefObject<HTMLElement | null>,
  spec: PlotSpec,
  source: ChartSource,
  listeners: PlotListeners,
): RefObject<Plot | null> {
  const plotRef = useRef<Plot | null>(null);
  const listenersRef = useRef(listeners);
  useEffect(() => {
    listenersRef.current = listeners;
  });
  useEffect(() => {
    if (!host.current) return undefined;
    const { window: view } = source;
    const plot: Plot = new Plot(host.current, spec, source.syncKey, {
      onZoom: (fromS, toS) => view.zoomTo(fromS, toS),
      onResetZoom: () => view.follow(),
      onCursor: () => listenersRef.current.onCursor(plot),
    });
    plotRef.current = plot;
    const frame = onceAFrame(() => {
      const range = view.range(source.points.firstWallS, edgeOf(source));
      plot.show({ points: source.points, range, annotations: source.annotations() });
      listenersRef.current.onDrawn(plot);
    });
    const size = new ResizeObserver(() => plot.fit());
    size.observe(host.current);
    const leave = [
      source.subscribe(frame.ask),
      view.subscribe(frame.ask),
      onThemeChange(() => plot.retheme()),
      frame.cancel,
      () => size.disconnect(),
    ];
    frame.ask();
    return () => {
      for (const each of leave) each();
      plot.destroy();
      plotRef.current = null;
    };
  }, [host, spec, source]);
  return plotRef;
}

/** Run something at the next animation frame, once however often it was asked for. */
export function onceAFrame(run: () => void): { ask: () => void; cancel: () => void } {
  let asked = 0;
  return {
    ask: () => {
      asked ||= requestAnimationFrame(() => {
        asked = 0;
        run();
      });
    },
    cancel: () => {
      cancelAnimationFrame(asked);
      asked = 0;
    },
  };
}
