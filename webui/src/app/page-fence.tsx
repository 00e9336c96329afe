/**
 * Keeps the frame when a page cannot be shown: it did not load because the server is lost or was
 * replaced by another version, or it has a defect. React has this for classes only.
 */

import { Component, type ReactNode } from "react";

import { t } from "../messages";

interface State {
  problem: string | null;
}

export class PageFence extends Component<{ children: ReactNode }, State> {
  override state: State = { problem: null };

  static getDerivedStateFromError(error: unknown): State {
    return { problem: error instanceof Error ? error.message : String(error) };
  }

  override render(): ReactNode {
    const { problem } = this.state;
    if (problem === null) return this.props.children;
    return (
      <div className="empty" role="alert">
        <p>{t("app.page-broken", { problem })}</p>
        <button type="button" onClick={() => window.location.reload()}>
          {t("app.load-again")}
        </button>
      </div>
    );
  }
}
