/** The legend of a chart: real text with live values, and a switch for each line. */

import type { RefObject } from "react";

import { t } from "../../messages";
import type { Line } from "./lines";
import { DASHES, LINE_SLOTS } from "./theme";

interface LegendProps {
  lines: readonly Line[];
  hidden: ReadonlySet<number>;
  onToggle: (line: number) => void;
  /** Filled by `writeReadings` at each tick. */
  listRef: RefObject<HTMLUListElement | null>;
}

export function Legend({ lines, hidden, onToggle, listRef }: LegendProps) {
  return (
    <ul className="chart-legend" ref={listRef}>
      {lines.map((line, index) => (
        <li key={line.label}>
          <button
            type="button"
            aria-pressed={!hidden.has(index)}
            title={t("charts.toggle-line", { line: line.label })}
            onClick={() => onToggle(index)}
          >
            <Swatch slot={line.slot} place={index} />
            <span className="chart-legend-label">{line.label}</span>
            <span className="chart-legend-value" data-reading={index} />
          </button>
        </li>
      ))}
    </ul>
  );
}

/** A piece of the line as it is drawn, with its dash. */
function Swatch({ slot, place }: { slot: number; place: number }) {
  const colour = slot < LINE_SLOTS ? `var(--series-${slot + 1})` : "var(--chart-text)";
  return (
    <svg className="chart-swatch" width="22" height="8" aria-hidden="true">
      <line
        x1="1"
        x2="21"
        y1="4"
        y2="4"
        stroke={colour}
        strokeWidth="2.5"
        strokeDasharray={(DASHES[place % DASHES.length] ?? []).join(" ")}
      />
    </svg>
  );
}

/** Write the values beside the labels; what has not changed is not touched. */
export function writeReadings(list: HTMLElement | null, readings: readonly string[]): void {
  if (!list) return;
  for (const cell of list.querySelectorAll<HTMLElement>("[data-reading]")) {
    writeText(cell, readings[Number(cell.dataset["reading"])] ?? "");
  }
}

/** Set a text only if it differs, so that the browser lays out nothing in vain. */
export function writeText(element: HTMLElement | null, text: string): void {
  if (element && element.textContent !== text) element.textContent = text;
}
