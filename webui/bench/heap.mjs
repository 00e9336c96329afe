/**
 * The heap of the page while a day passes: 86,400 seeded seconds, 500 endpoints, faster than life.
 *
 *     node bench/heap.mjs [hours]
 *
 * The stage does what the store does with a tick: JSON is parsed, points are appended, rows are
 * kept by id, and the history is replaced when the series asks for it, folded to 10 s as the
 * server folds it. Charts are drawn each simulated minute. The heap is read after a collection,
 * once an hour.
 */

import console from "node:console";
import process from "node:process";

import { openTheatre } from "./serve.mjs";

const hours = Number(process.argv[2] ?? 24);
const MUST_MB = 200;

const theatre = await openTheatre();
const page = await theatre.browser.newPage({ viewport: { width: 1440, height: 1000 } });
await page.goto(theatre.url({ scene: "empty", endpoints: 500, preset: "all" }));
await page.waitForFunction("window.stage !== undefined");
const session = await page.context().newCDPSession(page);
await session.send("HeapProfiler.enable");
await session.send("Performance.enable");

async function heapMb() {
  await session.send("HeapProfiler.collectGarbage");
  const { usedSize, backingStorageSize = 0 } = await session.send("Runtime.getHeapUsage");
  return (usedSize + backingStorageSize) / 1e6;
}

const series = [await heapMb()];
console.log("hour  heap MB  points");
for (let hour = 1; hour <= hours; hour += 1) {
  for (let minute = 0; minute < 60; minute += 1) await page.evaluate("window.stage.replay(60)");
  series.push(await heapMb());
  const rows = await page.evaluate("window.stage.points.length");
  console.log(`${String(hour).padStart(4)}  ${series.at(-1).toFixed(1).padStart(7)}  ${rows}`);
}
await theatre.close();
const highest = Math.max(...series);
console.log(`highest ${highest.toFixed(1)} MB (must: ${MUST_MB} MB)`);
process.exitCode = highest > MUST_MB ? 1 : 0;
