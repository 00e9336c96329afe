// Makes one file of the built report: script and style go into the page, and its policy allows these
// two by their hashes and nothing else.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";

const built = "node_modules/.report";
const page = readFileSync(`${built}/report.html`, "utf8");
const only = (pattern) => {
  const found = [...page.matchAll(pattern)];
  if (found.length !== 1) throw new Error(`${found.length} times ${pattern} in the built report`);
  return { tag: found[0][0], text: readFileSync(`${built}/${found[0][1]}`, "utf8") };
};
const script = only(/<script [^>]*src="\.\/([^"]+)"[^>]*><\/script>/g);
const style = only(/<link [^>]*href="\.\/([^"]+\.css)"[^>]*>/g);
if (/<\/style/i.test(style.text)) throw new Error("the style would end early");
// What would end the element early, or begin a comment, is written in the other way of a string.
const code = script.text.replaceAll(/<(?=\/script|script|!--)/gi, "\\x3C");
const hash = (text) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
const policy = [
  "default-src 'none'",
  `script-src ${hash(code)}`,
  `style-src ${hash(style.text)}`,
  "img-src data:",
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");
// Functions, because $ means something in a replacement text.
const whole = page
  .replace(script.tag, "")
  .replace(style.tag, () => `<style>${style.text}</style>`)
  .replace("default-src 'none'", () => policy)
  .replace("</body>", () => `<script type="module">${code}</script>\n  </body>`);
if (whole.split("<!--report-->").length !== 2) throw new Error("no single place for the data");
mkdirSync("../locust_like/static", { recursive: true });
writeFileSync("../locust_like/static/report.html", whole);
