import { Dialog } from "../../components/dialog";
import { t } from "../../messages";

const KEYS = [
  ["g l  g r  g f  g x  g w  g a  g o  g n", "keys.page"],
  ["/", "keys.filter"],
  ["e", "keys.edit"],
  ["m", "keys.mark"],
  ["space", "keys.space"],
  ["?", "keys.help"],
  ["Esc", "keys.escape"],
] as const;

export function KeysDialog({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title={t("keys.title")} onClose={onClose}>
      <dl className="keys">
        {KEYS.map(([key, text]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{t(text)}</dd>
          </div>
        ))}
      </dl>
      <div className="buttons">
        <button type="button" className="primary" onClick={onClose}>
          {t("control.close")}
        </button>
      </div>
    </Dialog>
  );
}
