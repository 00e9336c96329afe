/** How high a row is: a line, or on a narrow screen a card (`app.css` has the same limit). */

import { useSyncExternalStore } from "react";

const LINE_PX = 34;
const CARD_COLUMNS = 4;
const CARD_LINE_PX = 40;
const narrow = window.matchMedia("(max-width: 640px)");

export function useRowHeight(columnCount: number): number {
  const isCard = useSyncExternalStore(
    (listener) => {
      narrow.addEventListener("change", listener);
      return () => narrow.removeEventListener("change", listener);
    },
    () => narrow.matches,
  );
  return isCard ? LINE_PX + Math.ceil(columnCount / CARD_COLUMNS) * CARD_LINE_PX : LINE_PX;
}
