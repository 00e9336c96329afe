import { useEffect, useRef } from "react";

import { isTyping } from "../features/run-control/keys";
import { goTo, ROUTES } from "./routes";

const SECOND_KEY_MS = 1500;

/** `g` and a letter go to a page; `/` goes to the filter of the page. */
export function usePageKeys(): void {
  const pressedG = useRef(0);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (isTyping(event) || event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key === "/") {
        event.preventDefault();
        window.dispatchEvent(new CustomEvent("focus-filter"));
      } else if (event.key === "g") {
        pressedG.current = event.timeStamp;
      } else if (event.timeStamp - pressedG.current < SECOND_KEY_MS) {
        pressedG.current = 0;
        const route = ROUTES.find((one) => one.key === event.key);
        if (route) goTo(route.path);
      }
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, []);
}
