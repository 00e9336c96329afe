/**
 * The heap of the page while a day passes: 86,400 seeded seconds, 500 endpoints, faster than life.
 *
 *     node bench/heap.mjs [hours]
 *
 * It is the whole page on a made-up stream: each second is an event with JSON, the store asks for
 * the history again when it wants to, and the Live page draws all of the run each simulated
 * minute. The heap, with the buffers of typed arrays, is read after a collection once an hour.
 */

import console from "node:console";
import process from "node:process";

import { openTheatre } from "./serve.mjs";

const hours = Number(process.argv[2] ?? 24);
const MUST_MB = 200;

const theatre = await openTheatre("page.html");
const page = await theatre.browser.newPage({ viewport: { width: 1440, height: 1000 } });
await page.goto(theatre.url({ seconds: 0, endpoints: 500 }));
await page.waitForFunction("window.stage !== undefined");
await page.evaluate("window.stage.tick()");
await page.getByRole("button", { name: "All", exact: true }).click();
const session = await page.context().newCDPSession(page);
await session.send("HeapProfiler.enable");
await session.send("Performance.enable");

async function heapMb() {
  await session.send("HeapProfiler.collectGarbage");
  const { usedSize, backingStorageSize = 0 } = await session.send("Runtime.getHeapUsage");
  return (usedSize + backingStorageSize) / 1e6;
}

const series = [await heapMb()];
console.log("hour  heap MB");
console.log(`   0  ${series[0].toFixed(1).padStart(7)}`);
for (let hour = 1; hour <= hours; hour += 1) {
  for (let minute = 0; minute < 60; minute += 1) await page.evaluate("window.stage.replay(60)");
  series.push(await heapMb());
  console.log(`${String(hour).padStart(4)}  ${series.at(-1).toFixed(1).padStart(7)}`);
}
await theatre.close();
const highest = Math.max(...series);
console.log(`highest ${highest.toFixed(1)} MB (must: ${MUST_MB} MB)`);
process.exitCode = highest > MUST_MB ? 1 : 0;
