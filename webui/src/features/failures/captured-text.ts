/** A captured request and its reply as people read them. */

import type { Capture, CapturedMessage } from "../../api/schema.gen";
import { t } from "../../messages";
import { formatBytes } from "../../numbers/format";

export function requestText(capture: Capture): string {
  const line = [capture.method, capture.url, capture.protocol].filter(Boolean).join(" ");
  return messageText(line, capture.request);
}

export function replyText(capture: Capture): string {
  const line = [capture.protocol, capture.status, capture.reason].filter(Boolean).join(" ");
  return messageText(line, capture.reply);
}

function messageText(firstLine: string, message: CapturedMessage): string {
  const head = [firstLine, ...message.fields.map(([name, value]) => `${name}: ${value}`)];
  const body = message.is_text ? message.body : "";
  const isAll = message.is_text && message.is_whole;
  const rest = isAll ? "" : t("capture.rest", { size: formatBytes(message.body_bytes) });
  return [head.join("\n"), body, rest].filter(Boolean).join("\n\n");
}
