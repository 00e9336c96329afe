/** One kind of failure: what some of its calls sent and got. */

import { usePolled } from "../../api/queries";
import type { Capture, FailureDetails } from "../../api/schema.gen";
import { CopyButton } from "../../components/copy-button";
import { Drawer } from "../../components/drawer";
import { LongText } from "../../components/long-text";
import { t } from "../../messages";
import { formatClock, formatCount, formatMs, formatPercent } from "../../numbers/format";
import { replyText, requestText } from "./captured-text";

const REFRESH_MS = 2000;

export function FailureDrawer({ id, onClose }: { id: number; onClose: () => void }) {
  const details = usePolled<FailureDetails>(`failures/${id}`, REFRESH_MS);
  const failure = details?.failure;
  return (
    <Drawer
      title={failure ? <LongText text={`${failure.method} ${failure.name}`} /> : t("app.loading")}
      onClose={onClose}
    >
      {failure && (
        <p>
          {formatCount(failure.occurrences)} ({formatPercent(failure.share)}){" "}
          <LongText text={failure.text} />
        </p>
      )}
      {details?.captures.length === 0 && <p className="muted">{t("capture.none")}</p>}
      {details?.captures.map((capture, index) => (
        <CapturedCall key={capture.wall_s} capture={capture} isOpen={index === 0} />
      ))}
      {details && <p className="muted">{t("capture.masked")}</p>}
    </Drawer>
  );
}

function CapturedCall({ capture, isOpen }: { capture: Capture; isOpen: boolean }) {
  const result = capture.status
    ? `${capture.status} ${capture.reason}`.trim()
    : t("capture.no-reply");
  const facts = [
    capture.protocol,
    capture.remote_address,
    capture.hops && t("capture.hops", { count: formatCount(capture.hops) }),
    ...capture.phases
      .filter(([, ms]) => ms > 0)
      .map(([phase, ms]) => `${t(`drawer.phase-${phase}`)} ${formatMs(ms)}`),
  ];
  return (
    <details className="capture" open={isOpen}>
      <summary>
        {formatClock(capture.wall_s)} · {result} · {formatMs(capture.response_time_ms)}
      </summary>
      <p className="muted">{facts.filter(Boolean).join(" · ")}</p>
      <Message title={t("capture.request")} text={requestText(capture)} />
      {capture.status > 0 && <Message title={t("capture.reply")} text={replyText(capture)} />}
      <CopyButton label={t("capture.copy-curl")} text={capture.curl} />
    </details>
  );
}

function Message({ title, text }: { title: string; text: string }) {
  return (
    <>
      <h3>{title}</h3>
      <pre dir="ltr" tabIndex={0} role="region" aria-label={title}>
        {text}
      </pre>
    </>
  );
}
