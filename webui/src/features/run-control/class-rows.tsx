/** User classes with switch, weight and fixed count. */

import type { UserClass } from "../../api/schema.gen";
import { NumberInput } from "../../components/number-input";
import { t } from "../../messages";
import { USERS, WEIGHT } from "./load-form";

export function ClassRows(props: {
  classes: readonly UserClass[];
  onChange: (classes: UserClass[]) => void;
  withHost?: boolean;
}) {
  const change = (name: string, part: Partial<UserClass>) =>
    props.onChange(props.classes.map((row) => (row.name === name ? { ...row, ...part } : row)));
  return (
    <fieldset className="classes">
      <legend>{t("edit.classes")}</legend>
      {props.classes.map((row) => (
        <div key={row.name} className="class-card">
          <label className="class-name">
            <input
              type="checkbox"
              role="switch"
              aria-label={t("edit.on", { name: row.name })}
              checked={row.enabled}
              onChange={(event) => change(row.name, { enabled: event.target.checked })}
            />
            <bdi>{row.name}</bdi>
          </label>
          {props.withHost && row.description && <p className="muted">{row.description}</p>}
          <div className="class-numbers">
            <label>
              {t("edit.by-weight")}
              <NumberInput
                label={t("edit.weight", { name: row.name })}
                limits={WEIGHT}
                disabled={!row.enabled || row.fixed_count > 0}
                value={row.weight}
                onChange={(weight) => change(row.name, { weight })}
              />
            </label>
            <label>
              {t("edit.fixed-short")}
              <NumberInput
                label={t("edit.fixed", { name: row.name })}
                limits={USERS}
                disabled={!row.enabled}
                value={row.fixed_count}
                onChange={(fixed_count) => change(row.name, { fixed_count })}
              />
            </label>
          </div>
          {props.withHost && (
            <>
              <p className="muted">{t("new.tasks", { names: row.tasks.join(", ") })}</p>
              <input
                inputMode="url"
                aria-label={t("new.class-host", { name: row.name })}
                placeholder={t("new.class-host-hint")}
                disabled={!row.enabled}
                value={row.host ?? ""}
                onChange={(event) => change(row.name, { host: event.target.value })}
              />
            </>
          )}
        </div>
      ))}
    </fieldset>
  );
}
