/** Asks once more before something that cannot be taken back. */

import { t } from "../messages";
import { Dialog } from "./dialog";

export function SureDialog(props: {
  /** What is about to happen: the title, and the button that does it. */
  deed: string;
  question: string;
  onClose: () => void;
  onSure: () => void;
}) {
  return (
    <Dialog title={props.deed} onClose={props.onClose}>
      <p>{props.question}</p>
      <div className="buttons">
        <button type="button" onClick={props.onClose}>
          {t("control.cancel")}
        </button>
        <button
          type="button"
          className="primary"
          onClick={() => {
            props.onSure();
            props.onClose();
          }}
        >
          {props.deed}
        </button>
      </div>
    </Dialog>
  );
}
