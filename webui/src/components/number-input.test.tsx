import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { useState } from "react";
import { afterEach, describe, expect, it } from "vitest";

import { NumberInput } from "./number-input";

const LIMITS = { min: 0, max: 1000, isWhole: true };

function Owner() {
  const [value, setValue] = useState(5);
  return (
    <>
      <NumberInput label="Users" limits={LIMITS} value={value} onChange={setValue} />
      <output>{String(value)}</output>
      <button type="button" onClick={() => setValue(7)}>
        seven
      </button>
    </>
  );
}

const field = () => screen.getByLabelText<HTMLInputElement>("Users");
const type = (value: string) => fireEvent.change(field(), { target: { value } });
const known = () => document.querySelector("output")?.textContent;

describe("a field for a number", () => {
  afterEach(cleanup);

  it("never takes an empty or half-typed text for 0", () => {
    render(<Owner />);
    for (const text of ["", "many", "-3", "1001", "2.5"]) {
      type(text);
      expect(known()).toBe("NaN");
      expect(field().value).toBe(text);
      expect(field().getAttribute("aria-invalid")).toBe("true");
    }
  });

  it("keeps what was typed while it means the same", () => {
    render(<Owner />);
    type("1k");
    expect(known()).toBe("1000");
    expect(field().value).toBe("1k");
    expect(field().getAttribute("aria-invalid")).toBe("false");
  });

  it("shows the number that its owner has set", () => {
    render(<Owner />);
    type("many");
    fireEvent.click(screen.getByText("seven"));
    expect(field().value).toBe("7");
  });
});
