import { cleanup, render, screen } from "@testing-library/react";
import { afterEach, expect, it, vi } from "vitest";

import { PageFence } from "./page-fence";

function Broken(): never {
  throw new Error("it did not load");
}

afterEach(cleanup);

it("says what is wrong with a page, and leaves the frame", () => {
  vi.spyOn(console, "error").mockImplementation(() => undefined);
  render(
    <>
      <p>frame</p>
      <PageFence>
        <Broken />
      </PageFence>
    </>,
  );
  expect(screen.getByText("frame")).toBeTruthy();
  expect(screen.getByRole("alert").textContent).toContain("it did not load");
  expect(screen.getByRole("button", { name: "Load again" })).toBeTruthy();
});
