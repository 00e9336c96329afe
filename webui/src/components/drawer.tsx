/** What is known of one row, beside its table: takes the focus, Esc closes it and gives it back. */

import { type ReactNode, useEffect, useId, useRef } from "react";

import { t } from "../messages";

export function Drawer(props: { title: ReactNode; onClose: () => void; children: ReactNode }) {
  const close = useRef<HTMLButtonElement>(null);
  const title = useId();
  useEffect(() => {
    const before = document.activeElement;
    close.current?.focus();
    return () => {
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  return (
    <div
      className="panel drawer"
      role="dialog"
      aria-labelledby={title}
      onKeyDown={(event) => event.key === "Escape" && props.onClose()}
    >
      <div className="drawer-head">
        <h2 id={title}>{props.title}</h2>
        <button ref={close} type="button" onClick={props.onClose}>
          {t("control.close")}
        </button>
      </div>
      {props.children}
    </div>
  );
}
