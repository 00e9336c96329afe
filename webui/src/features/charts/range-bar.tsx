/** How much of the run the charts show, and the way back to the live edge. */

import { useSyncExternalStore } from "react";

import { isFiled } from "../../api/queries";
import { PRESETS, type TimeWindow } from "../../components/chart/time-window";
import { t } from "../../messages";
import { formatClock } from "../../numbers/format";

export function RangeBar({ window: view }: { window: TimeWindow }) {
  const { preset, zoom } = useSyncExternalStore(view.subscribe, () => view.state);
  return (
    <div className="chart-bar">
      <fieldset>
        <legend className="visually-hidden">{t("charts.range")}</legend>
        {PRESETS.map((each) => (
          <button
            key={each}
            type="button"
            aria-pressed={zoom === null && each === preset}
            onClick={() => view.follow(each)}
          >
            {t(`charts.range-${each}`)}
          </button>
        ))}
      </fieldset>
      {zoom ? (
        <>
          <span>
            {t("charts.zoomed", { from: formatClock(zoom[0]), to: formatClock(zoom[1]) })}
          </span>
          <button type="button" onClick={() => view.follow()}>
            {t(isFiled() ? "charts.whole" : "charts.follow")}
          </button>
        </>
      ) : (
        <span className="chart-hint">{t("charts.zoom-hint")}</span>
      )}
    </div>
  );
}
