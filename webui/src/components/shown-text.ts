/** What is shown of a text from a stranger: nothing in it hides, turns round or fills the page. */

const LONGEST = 120;
// Control characters and those that change the direction of what follows, but no line ends or tabs.
// eslint-disable-next-line no-control-regex
const TRICKS = /[\u0000-\u0008\u000b-\u001f\u007f\u202a-\u202e\u2066-\u2069]/g;

export function shownText(text: string): string {
  if (text !== "" && text.trim() === "") return JSON.stringify(text);
  const plain = text.replace(TRICKS, (sign) => `\\u${hexOf(sign)}`);
  if (plain.length <= LONGEST) return plain;
  const half = LONGEST / 2;
  // A character of two halves is left out where the cut goes through it.
  const start = plain.slice(0, half).replace(/[\ud800-\udbff]$/, "");
  const end = plain.slice(-half).replace(/^[\udc00-\udfff]/, "");
  return `${start} … ${end}`;
}

function hexOf(sign: string): string {
  return sign.charCodeAt(0).toString(16).padStart(4, "0");
}
