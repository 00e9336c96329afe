/**
 * Colours of the charts, read from the page's custom properties.
 *
 * A canvas knows no CSS variables, so they are resolved once and again when the theme changes. The
 * fallbacks are the colours of Okabe and Ito, which people with colour blindness tell apart.
 */

/** All that a chart paints with, as colours that a canvas understands. */
export interface ChartTheme {
  lines: readonly string[];
  text: string;
  grid: string;
  surface: string;
  late: string;
  invalid: string;
  annotation: string;
  /** From nearly nothing to the most requests. */
  heat: readonly string[];
  font: string;
}

const LINE_FALLBACKS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"] as const;
const HEAT_FALLBACKS = ["#dbe8f4", "#7fb2d9", "#2b7bba", "#0b3c75"] as const;

/** Dashes in CSS pixels, by the place of a line in its chart: told apart without colours too. */
export const DASHES: readonly (readonly number[])[] = [
  [],
  [7, 3],
  [12, 3, 2, 3],
  [2, 2.5],
  [4, 2],
  [9, 3, 2, 3, 2, 3],
  [1.5, 5],
];

export const LINE_SLOTS = LINE_FALLBACKS.length;

/** Read the theme that holds at an element. */
export function readTheme(element: HTMLElement): ChartTheme {
  const probe = document.createElement("span");
  probe.hidden = true;
  element.append(probe);
  const colour = (name: string, fallback: string): string => {
    probe.style.color = `var(${name}, ${fallback})`;
    return getComputedStyle(probe).color || fallback;
  };
  const theme: ChartTheme = {
    lines: LINE_FALLBACKS.map((fallback, slot) => colour(`--series-${slot + 1}`, fallback)),
    text: colour("--chart-text", "#4b5563"),
    grid: colour("--chart-grid", "#e5e7eb"),
    surface: colour("--chart-surface", "#ffffff"),
    late: colour("--chart-late", "#b45309"),
    invalid: colour("--chart-invalid", "#b91c1c"),
    annotation: colour("--chart-annotation", "#6b7280"),
    heat: HEAT_FALLBACKS.map((fallback, step) => colour(`--heat-${step + 1}`, fallback)),
    font: `${tickSizePx()}px ${getComputedStyle(element).fontFamily || "sans-serif"}`,
  };
  probe.remove();
  return theme;
}

/** Ticks grow with the page's text, which is larger on the widest screens. */
function tickSizePx(): number {
  return Math.round(0.72 * (parseFloat(getComputedStyle(document.documentElement).fontSize) || 15));
}

type Listener = () => void;

/** Call back when the theme of the page changes, by the system or by a switch on the page. */
export function onThemeChange(listener: Listener): () => void {
  const system = window.matchMedia("(prefers-color-scheme: dark)");
  const page = new MutationObserver(listener);
  system.addEventListener("change", listener);
  page.observe(document.documentElement, {
    attributes: true,
    attributeFilter: ["class", "data-theme"],
  });
  return () => {
    system.removeEventListener("change", listener);
    page.disconnect();
  };
}

/** The same colour, see-through. `colour` is what `readTheme` returned. */
export function translucent(colour: string, opacity: number): string {
  const parts = /^rgba?\(([^)]+)\)$/.exec(colour)?.[1]?.split(/[\s,/]+/);
  if (!parts) return colour;
  return `rgba(${parts.slice(0, 3).join(", ")}, ${opacity})`;
}
