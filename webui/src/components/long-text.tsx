/** A text from a stranger: never markup, its direction kept to itself, cut in the middle. */

const LONGEST = 120;

export function LongText({ text }: { text: string }) {
  if (text.length <= LONGEST) return <bdi>{text}</bdi>;
  const half = LONGEST / 2;
  return <bdi title={text.slice(0, 2000)}>{`${text.slice(0, half)} … ${text.slice(-half)}`}</bdi>;
}
