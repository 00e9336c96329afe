/** What is wrong with the connection, if anything. */

import { useEffect, useState } from "react";

import { useLive } from "../api/queries";
import { t } from "../messages";
import { formatCount, formatDuration } from "../numbers/format";

export function Banner() {
  const connection = useLive((state) => state.connection);
  const lostSinceMs = useLive((state) => state.lostSinceMs);
  const role = useLive((state) => state.session?.role);
  const workers = useLive((state) => state.workers);
  const nowMs = useNow(connection === "lost");
  const seconds = formatDuration(
    lostSinceMs === null ? 0 : Math.max(0, nowMs - lostSinceMs) / 1000,
  );
  return (
    <div role="status" className="banners">
      {connection === "connecting" && <p className="banner">{t("app.connecting")}</p>}
      {connection === "lost" && <p className="banner bad">{t("app.lost", { seconds })}</p>}
      {connection === "polling" && <p className="banner">{t("app.polling")}</p>}
      {workers?.is_degraded && (
        <p className="banner bad">
          {t("app.degraded", {
            lost: formatCount(workers.known - workers.here),
            requests: formatCount(workers.unaccounted_estimate),
          })}
        </p>
      )}
      {role === "viewer" && <p className="banner">{t("app.viewer")}</p>}
    </div>
  );
}

function useNow(isRunning: boolean): number {
  const [nowMs, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (!isRunning) return;
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, [isRunning]);
  return nowMs;
}
