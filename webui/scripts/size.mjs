// Compares what a first visit loads with its budget: the page, and what it links or preloads.
import { readdirSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const folder = "../locust_like/static";
const budget_bytes = { js: 190_000, css: 20_000 };
const goal_bytes = { js: 150_000, css: 12_000 };

const page = readFileSync(`${folder}/index.html`, "utf8");
const first = new Set([...page.matchAll(/(?:src|href)="\.\/(assets\/[^"]+)"/g)].map((m) => m[1]));
// The live page is what everybody sees first, so its chunk counts as well.
for (const name of readdirSync(`${folder}/assets`)) {
  if (/^(live-page|percentile-chart).*\.(js|css)$/.test(name)) first.add(`assets/${name}`);
}
let failed = false;
for (const kind of ["js", "css"]) {
  const files = [...first].filter((name) => name.endsWith(`.${kind}`));
  const bytes = files.reduce((sum, f) => sum + gzipSync(readFileSync(`${folder}/${f}`)).length, 0);
  const says = `${kind}: ${(bytes / 1000).toFixed(1)} KB gz in ${files.length} files`;
  console.log(`${says} (must ${budget_bytes[kind] / 1000}, goal ${goal_bytes[kind] / 1000})`);
  failed ||= bytes > budget_bytes[kind];
}
const report_bytes = gzipSync(readFileSync(`${folder}/report.html`)).length;
console.log(`report without data: ${(report_bytes / 1000).toFixed(1)} KB gz (must 140)`);
failed ||= report_bytes > 140_000;
process.exit(failed ? 1 : 0);
