import { describe, expect, it } from "vitest";

import { shownText } from "./shown-text";

describe("the text of a stranger", () => {
  it("stays as it is where nothing is wrong with it", () => {
    for (const text of ["", "/a b", "שלום/עולם", "👩‍👩‍👧‍👦", "two\nlines\tand a tab"]) {
      expect(shownText(text)).toBe(text);
    }
  });

  it("cannot pretend to be another one by turning its direction", () => {
    expect(shownText("\u202egnp.exe")).toBe("\\u202egnp.exe");
    expect(shownText("a\u0000b\u001b[31m")).toBe("a\\u0000b\\u001b[31m");
  });

  it("can be seen where it is blank", () => {
    expect(shownText("  ")).toBe('"  "');
  });

  it("is cut in the middle, and not in a character", () => {
    expect(shownText("a".repeat(200))).toBe(`${"a".repeat(60)} … ${"a".repeat(60)}`);
    expect(shownText("x" + "🚀".repeat(100))).not.toMatch(/[\ud800-\udbff] |… [\udc00-\udfff]/);
  });
});
