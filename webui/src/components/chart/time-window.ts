/**
 * Which part of the run all charts of a page show: the last minutes, all, or what was zoomed to.
 *
 * It follows the live edge unless the viewer has zoomed; then the view stays until it is reset.
 */

import type { Range } from "../../numbers/axis";

/** Seconds before the live edge, or the whole run. */
export type Preset = 300 | 900 | 3600 | "all";
export const PRESETS: readonly Preset[] = [300, 900, 3600, "all"];

const LEAST_S = 60;
const LEAST_ZOOM_S = 2;

/** What is shown, as an immutable value. */
export interface WindowState {
  preset: Preset;
  zoom: Range | null;
}

export class TimeWindow {
  #state: WindowState;
  readonly #listeners = new Set<() => void>();

  /** At least `leastS` seconds are shown. */
  constructor(
    preset: Preset = 300,
    private readonly leastS = LEAST_S,
  ) {
    this.#state = { preset, zoom: null };
  }

  get state(): WindowState {
    return this.#state;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Follow the live edge with so much of the past. */
  follow(preset: Preset = this.#state.preset): void {
    this.#set({ preset, zoom: null });
  }

  /** Show one part of the run and stay there; what is too short to see is refused. */
  zoomTo(fromS: number, toS: number): void {
    if (toS - fromS < LEAST_ZOOM_S) return;
    this.#set({ ...this.#state, zoom: [fromS, toS] });
  }

  /**
   * The range of the time axis.
   *
   * A young run fills the chart from the left; at least a minute is shown, so that the first
   * seconds are not drawn as wide as the page.
   */
  range(firstS: number, edgeS: number): Range {
    const { zoom, preset } = this.#state;
    if (zoom) return zoom;
    if (Number.isNaN(firstS) || Number.isNaN(edgeS)) return [0, this.leastS];
    const from = preset === "all" ? firstS : Math.max(firstS, edgeS - preset);
    return [from, Math.max(edgeS, from + this.leastS)];
  }

  #set(state: WindowState): void {
    this.#state = state;
    for (const listener of [...this.#listeners]) listener();
  }
}

/**
 * Widen a range to whole steps of about one pixel.
 *
 * With it a pixel column always holds the same seconds while the window moves on, so that the
 * thinned lines do not flicker.
 */
export function snapToPixels([fromS, toS]: Range, pixels: number): Range {
  const step = (toS - fromS) / Math.max(1, pixels);
  if (step <= 0) return [fromS, toS];
  return [Math.floor(fromS / step) * step, Math.ceil(toS / step) * step];
}
