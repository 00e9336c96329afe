/** One argument of the locustfile, as a field of its kind. */

import type { Argument } from "../../api/schema.gen";
import { t } from "../../messages";

export type ArgumentValue = Argument["value"];

interface Props {
  argument: Argument;
  value: ArgumentValue;
  flaw: string;
  onChange: (value: ArgumentValue) => void;
}

export function ArgumentField({ argument, value, flaw, onChange }: Props) {
  const hint = argument.kind === "secret" ? t("new.secret-hint") : argument.help;
  return (
    <label className="field">
      <span>
        <bdi>{argument.name}</bdi>
        {argument.required && <small className="muted"> {t("new.required")}</small>}
      </span>
      <Control argument={argument} value={value} flaw={flaw} onChange={onChange} />
      {hint && <small className="muted">{hint}</small>}
      {flaw && (
        <span className="flaw" role="alert">
          {flaw}
        </span>
      )}
    </label>
  );
}

function Control({ argument, value, flaw, onChange }: Props) {
  const isWrong = flaw !== "";
  switch (argument.kind) {
    case "switch":
      return (
        <input
          type="checkbox"
          role="switch"
          checked={value === true}
          onChange={(event) => onChange(event.target.checked)}
        />
      );
    case "choice":
      return (
        <select
          value={String(value ?? "")}
          aria-invalid={isWrong}
          onChange={(event) => onChange(event.target.value)}
        >
          {argument.choices.map((choice) => (
            <option key={choice}>{choice}</option>
          ))}
        </select>
      );
    case "choices":
      if (argument.choices.length > 0) {
        return (
          <select
            multiple
            value={Array.isArray(value) ? value : []}
            onChange={(event) =>
              onChange([...event.target.selectedOptions].map((option) => option.value))
            }
          >
            {argument.choices.map((choice) => (
              <option key={choice}>{choice}</option>
            ))}
          </select>
        );
      }
      return (
        <input
          value={Array.isArray(value) ? value.join(", ") : ""}
          onChange={(event) =>
            onChange(
              event.target.value
                .split(",")
                .map((part) => part.trim())
                .filter(Boolean),
            )
          }
        />
      );
    case "number":
      return (
        <input
          inputMode="decimal"
          value={String(value ?? "")}
          aria-invalid={isWrong}
          onChange={(event) => onChange(event.target.value)}
        />
      );
    default:
      return (
        <input
          type={argument.kind === "secret" ? "password" : "text"}
          autoComplete="off"
          value={String(value ?? "")}
          aria-invalid={isWrong}
          onChange={(event) => onChange(event.target.value)}
        />
      );
  }
}
