/**
 * A number as text. What is no number within the limits is kept as it was typed, marked, and
 * told to the owner as NaN, so that a half-typed or emptied field never becomes 0.
 */

import { type Ref, useState } from "react";

import { isWithin, type Limits, parseNumber } from "../numbers/parse";

interface Props {
  value: number;
  limits: Limits;
  onChange: (value: number) => void;
  label?: string;
  disabled?: boolean;
  isWrong?: boolean;
  ref?: Ref<HTMLInputElement>;
}

export function NumberInput({ value, limits, onChange, label, disabled, isWrong, ref }: Props) {
  const [typed, setTyped] = useState("");
  // The owner may set another value; then that is shown, in place of what was typed.
  const shown = Object.is(valueOf(typed, limits), value) ? typed : textOf(value);
  return (
    <input
      ref={ref}
      inputMode={limits.isWhole ? "numeric" : "decimal"}
      autoComplete="off"
      aria-label={label}
      aria-invalid={Number.isNaN(value) || isWrong === true}
      disabled={disabled}
      value={shown}
      onChange={(event) => {
        setTyped(event.target.value);
        onChange(valueOf(event.target.value, limits));
      }}
    />
  );
}

function valueOf(text: string, limits: Limits): number {
  const value = parseNumber(text);
  return isWithin(value, limits) ? value : NaN;
}

function textOf(value: number): string {
  return Number.isNaN(value) ? "" : String(value);
}
