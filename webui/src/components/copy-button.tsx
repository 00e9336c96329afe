/** A button that copies a text, and says whether that worked. */

import { useState } from "react";

import { t } from "../messages";

export function CopyButton({ label, text }: { label: string; text: string }) {
  const [said, setSaid] = useState("");
  const copy = async () => {
    setSaid(t((await copied(text)) ? "app.copied" : "app.copy-failed"));
  };
  return (
    <>
      <button type="button" onClick={() => void copy()}>
        {label}
      </button>{" "}
      <span role="status" className="muted">
        {said}
      </span>
    </>
  );
}

/** Browsers lend the clipboard only to secure pages; others can still copy what is selected. */
async function copied(text: string): Promise<boolean> {
  if (window.isSecureContext) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      // Refused by the user or by a policy.
    }
  }
  const area = document.createElement("textarea");
  const focused = document.activeElement;
  area.value = text;
  document.body.append(area);
  area.select();
  const isCopied = document.execCommand("copy");
  area.remove();
  if (focused instanceof HTMLElement) focused.focus();
  return isCopied;
}
