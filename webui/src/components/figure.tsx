/** A number with its name above it. */

import type { ReactNode } from "react";

export function Figure(props: { label: string; isBad?: boolean; children: ReactNode }) {
  return (
    <div className={props.isBad ? "figure bad" : "figure"}>
      <span className="figure-label">{props.label}</span>
      <span className="figure-value">{props.children}</span>
    </div>
  );
}
