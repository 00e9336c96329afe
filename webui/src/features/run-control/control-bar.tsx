/** The buttons that are always there, and their keys. */

import { useEffect, useRef, useState } from "react";

import { useLive } from "../../api/queries";
import { Dialog } from "../../components/dialog";
import { SureDialog } from "../../components/sure-dialog";
import { t } from "../../messages";
import { EditPanel } from "./edit-panel";
import { isTyping } from "./keys";
import { KeysDialog } from "./keys-dialog";
import { useOrders } from "./use-orders";

type Open = "edit" | "mark" | "reset" | "stop-now" | "keys" | null;

const ACTIVE = new Set(["spawning", "running", "paused"]);
const ENDING = new Set(["stopping", "cleanup"]);

export function ControlBar(props: { onStart: () => void; onStarted: () => void }) {
  const status = useLive((state) => state.status);
  const isViewer = useLive((state) => state.session?.role === "viewer");
  const isLost = useLive((state) => state.connection === "lost");
  const [open, setOpen] = useState<Open>(null);
  const { problem, send } = useOrders();
  const isActive = ACTIVE.has(status?.state ?? "");
  const isPaused = status?.state === "paused";
  const isShaped = isActive && status !== null && status.shape !== "";
  const cannot = isViewer || isLost;
  const undo = Math.ceil(status?.can_undo_s ?? 0);

  const press = (key: string): boolean => {
    if (key === "?") setOpen("keys");
    else if (cannot || !isActive) return false;
    else if (key === "e" && !isShaped) setOpen("edit");
    else if (key === "m") setOpen("mark");
    else if (key === " ") void send(isPaused ? "resume" : "pause");
    else return false;
    return true;
  };
  useKeys(press);
  const close = () => setOpen(null);
  return (
    <section className="control" aria-label={t("control.title")}>
      {!isActive && (
        <button type="button" className="primary" disabled={cannot} onClick={props.onStart}>
          <span aria-hidden="true">▶ </span>
          {t("control.start")}
        </button>
      )}
      {isActive && (
        <>
          <button
            type="button"
            disabled={cannot}
            onClick={() => void send(isPaused ? "resume" : "pause")}
          >
            {isPaused ? t("control.resume") : t("control.pause")}
          </button>
          <button type="button" disabled={cannot} onClick={() => void send("stop")}>
            <span aria-hidden="true">■ </span>
            {t("control.stop")}
          </button>
        </>
      )}
      {(isActive || ENDING.has(status?.state ?? "")) && (
        <button type="button" disabled={cannot} onClick={() => setOpen("stop-now")}>
          {t("control.stop-now")}
        </button>
      )}
      <button
        type="button"
        disabled={cannot || !isActive || isShaped}
        title={isShaped ? t("control.edit-shaped", { name: status.shape }) : undefined}
        aria-expanded={open === "edit"}
        onClick={() => setOpen(open === "edit" ? null : "edit")}
      >
        {t("control.edit")}
      </button>
      {isActive && undo > 0 && (
        <button type="button" disabled={cannot} onClick={() => void send("undo")}>
          {t("control.undo", { seconds: undo })}
        </button>
      )}
      <button type="button" disabled={cannot || !isActive} onClick={() => setOpen("mark")}>
        {t("control.mark")}
      </button>
      <button type="button" disabled={cannot || !status?.run} onClick={() => setOpen("reset")}>
        {t("control.reset")}
      </button>
      {status && status.run > 0 && (
        <a className="button" href="stats/report?download=1" download>
          {t("control.report")}
        </a>
      )}
      <button type="button" className="quiet" onClick={() => setOpen("keys")}>
        {t("control.help")}
      </button>
      {problem && (
        <p role="alert" className="problem">
          {problem}
        </p>
      )}
      {open === "edit" && isActive && status && <EditPanel status={status} onClose={close} />}
      {open === "mark" && (
        <MarkDialog onClose={close} onMark={(text) => void send("mark", { text })} />
      )}
      {(open === "reset" || open === "stop-now") && (
        <SureDialog
          deed={t(`control.${open}`)}
          question={t(`control.sure-${open}`)}
          onClose={close}
          onSure={() => void send(open)}
        />
      )}
      {open === "keys" && <KeysDialog onClose={close} />}
    </section>
  );
}

function useKeys(press: (key: string) => boolean): void {
  const latest = useRef(press);
  useEffect(() => {
    latest.current = press;
  });
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (isTyping(event) || event.ctrlKey || event.metaKey || event.altKey) return;
      const onButton = event.target instanceof HTMLButtonElement && event.key === " ";
      if (!onButton && latest.current(event.key)) event.preventDefault();
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, []);
}

function MarkDialog(props: { onClose: () => void; onMark: (text: string) => void }) {
  const [text, setText] = useState("");
  return (
    <Dialog title={t("control.mark")} onClose={props.onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          props.onMark(text);
          props.onClose();
        }}
      >
        <label className="field">
          {t("control.mark-text")}
          <input
            value={text}
            maxLength={200}
            required
            onChange={(event) => setText(event.target.value)}
          />
        </label>
        <div className="buttons">
          <button type="button" onClick={props.onClose}>
            {t("control.cancel")}
          </button>
          <button className="primary">{t("control.mark")}</button>
        </div>
      </form>
    </Dialog>
  );
}
