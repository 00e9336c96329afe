import { expect, test } from "vitest";

import type { Capture, CapturedMessage } from "../../api/schema.gen";
import { replyText, requestText } from "./captured-text";

const EMPTY: CapturedMessage = {
  fields: [],
  body: "",
  body_bytes: 0,
  is_text: true,
  is_whole: true,
};

const CAPTURE: Capture = {
  wall_s: 0,
  method: "POST",
  url: "http://shop.test/cart",
  protocol: "HTTP/2",
  remote_address: "192.0.2.1:80",
  status: 500,
  reason: "",
  hops: 0,
  response_time_ms: 5,
  phases: [],
  request: { ...EMPTY, fields: [["Host", "shop.test"]], body: "a=1", body_bytes: 3 },
  reply: { ...EMPTY, fields: [["Content-Type", "image/png"]], body: "?", body_bytes: 2048 },
  curl: "",
};

test("a request is its line, its fields and its body", () => {
  expect(requestText(CAPTURE)).toBe("POST http://shop.test/cart HTTP/2\nHost: shop.test\n\na=1");
});

test("a body that is no text, or was cut, says how long it was", () => {
  const binary = { ...CAPTURE, reply: { ...CAPTURE.reply, is_text: false } };
  expect(replyText(binary)).toBe("HTTP/2 500\nContent-Type: image/png\n\n[2.05 kB in all]");
  const cut = { ...CAPTURE, reply: { ...CAPTURE.reply, is_whole: false } };
  expect(replyText(cut)).toContain("\n\n?\n\n[2.05 kB in all]");
});
