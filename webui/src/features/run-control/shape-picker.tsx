/** Which load shape the run follows, where the locustfile has any. */

import type { LoadShape } from "../../api/schema.gen";
import { t } from "../../messages";

export function ShapePicker(props: {
  shapes: readonly LoadShape[];
  chosen: string;
  onChoose: (name: string) => void;
}) {
  const { shapes, chosen } = props;
  if (shapes.length === 0) return null;
  const shape = shapes.find((one) => one.name === chosen);
  return (
    <label className="field">
      {t("new.shape")}
      <select value={chosen} onChange={(event) => props.onChoose(event.target.value)}>
        <option value="">{t("new.shape-none")}</option>
        {shapes.map(({ name }) => (
          <option key={name}>{name}</option>
        ))}
      </select>
      {shape && (
        <small className="muted">
          {t(shape.reads_load ? "new.shape-reads" : "new.shape-decides", { name: shape.name })}
        </small>
      )}
    </label>
  );
}
