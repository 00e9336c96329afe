/** A text from a stranger: never markup, its direction kept to itself, cut in the middle. */

import { shownText } from "./shown-text";

export function LongText({ text }: { text: string }) {
  const shown = shownText(text);
  return <bdi title={shown === text ? undefined : text.slice(0, 2000)}>{shown}</bdi>;
}
