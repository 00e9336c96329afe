/**
 * How long a tick keeps the main thread busy: six charts, 3,600 points in view.
 *
 *     node bench/tick.mjs [ticks] [page]
 *
 * With `page` it is the whole page with 500 endpoints on a made-up stream, else the charts alone.
 *
 * The time is what the browser's own task clock (`Performance.getMetrics`, TaskDuration) says for
 * script, style, layout and paint between two ticks, without the ~1 ms of asking for it.
 */

import console from "node:console";
import process from "node:process";

import { openTheatre } from "./serve.mjs";

const ticks = Number(process.argv[2] ?? 60);
const POINTS = 3600;

const theatre = await openTheatre(process.argv[3] === "page" ? "page.html" : "stage.html");
const page = await theatre.browser.newPage({ viewport: { width: 1440, height: 1000 } });
await page.goto(theatre.url({ seconds: POINTS, preset: 3600 }));
await page.waitForFunction("window.stage.points.length > 0");
if (process.argv[3] === "page") {
  // The first tick and the history bring the charts.
  await page.evaluate("window.stage.tick()");
  await page.waitForSelector(".chart-legend-value:has-text('/s')");
  await page.getByRole("button", { name: "1 h", exact: true }).click();
}
const session = await page.context().newCDPSession(page);
await session.send("Performance.enable");

async function taskMs() {
  const { metrics } = await session.send("Performance.getMetrics");
  return 1000 * (metrics.find(({ name }) => name === "TaskDuration")?.value ?? Number.NaN);
}

async function costMs(isTick) {
  const before = await taskMs();
  await page.evaluate(isTick ? "window.stage.tick()" : "window.stage.rest()");
  return (await taskMs()) - before;
}

function median(values) {
  return values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

const costs = [];
const idle = [];
for (let count = 0; count < ticks + 10; count += 1) {
  const [tick, rest] = [await costMs(true), await costMs(false)];
  // The first ticks warm up the compiler.
  if (count >= 10) {
    costs.push(tick);
    idle.push(rest);
  }
}
const rows = await page.evaluate("window.stage.points.length");
await theatre.close();
console.log(`points ${rows}, ticks ${ticks}`);
console.log(
  `tick    median ${median(costs).toFixed(1)} ms, worst ${Math.max(...costs).toFixed(1)} ms`,
);
console.log(`no tick median ${median(idle).toFixed(1)} ms (frames and the measurement itself)`);
