/** React's view of the live store. */

import { useEffect, useRef, useState, useSyncExternalStore } from "react";

import { get } from "./client";
import { type LiveState, LiveStore } from "./live-store";

export const live = new LiveStore();

/** Whether a report is shown, not a server's run. */
export function isFiled(): boolean {
  return live.state.connection === "filed";
}

/** A part of the state; renders again only when that part is another value. */
export function useLive<T>(select: (state: LiveState) => T): T {
  return useSyncExternalStore(live.subscribe, () => select(live.state));
}

/** Call back after ticks, at most once per animation frame, never while the page is hidden. */
export function useTick(callback: () => void): void {
  const latest = useRef(callback);
  useEffect(() => {
    latest.current = callback;
  });
  useEffect(() => {
    let frame = 0;
    const request = () => {
      frame ||= requestAnimationFrame(() => {
        frame = 0;
        latest.current();
      });
    };
    const unsubscribe = live.onTick(request);
    return () => {
      unsubscribe();
      cancelAnimationFrame(frame);
    };
  }, []);
}

/** Something that is fetched now and again while the page shows it; null until it has come. */
export function usePolled<T>(path: string, everyMs: number): T | null {
  const [value, setValue] = useState<{ path: string; value: T } | null>(null);
  useEffect(() => {
    const abort = new AbortController();
    const load = async () => {
      if (document.hidden) return;
      try {
        setValue({ path, value: await get<T>(path, abort.signal) });
      } catch {
        // The banner says that the server is lost; old figures stay, greyed.
      }
    };
    void load();
    const timer = setInterval(() => void load(), everyMs);
    return () => {
      abort.abort();
      clearInterval(timer);
    };
  }, [path, everyMs]);
  return value?.path === path ? value.value : null;
}
