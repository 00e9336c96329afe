/**
 * Pictures of the charts in all their states, to be looked at.
 *
 *     node bench/look.mjs FOLDER
 */

import console from "node:console";
import { join } from "node:path";
import process from "node:process";

import { openTheatre } from "./serve.mjs";

const folder = process.argv[2] ?? ".";
const DESKTOP = { width: 1440, height: 1000 };
const PICTURES = {
  light: { question: {} },
  dark: { question: { theme: "dark" } },
  phone: { question: { preset: 300 }, viewport: { width: 360, height: 780 }, isWhole: true },
  wide: {
    question: { preset: "all", seconds: 3600 },
    viewport: { width: 3840, height: 2160 },
  },
  empty: { question: { scene: "empty" } },
  spawning: { question: { scene: "spawning" } },
  young: { question: { scene: "healthy", seconds: 40, preset: 300 } },
  failing: { question: { scene: "failing", preset: 300 } },
  lost: { question: { scene: "lost" } },
};

const theatre = await openTheatre();
for (const [name, { question, viewport = DESKTOP, isWhole = false }] of Object.entries(PICTURES)) {
  const page = await theatre.browser.newPage({ viewport });
  page.on("pageerror", (error) => console.error(name, error));
  await page.goto(theatre.url(question));
  await page.waitForFunction("window.stage !== undefined");
  await page.evaluate("window.stage.rest()");
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage: isWhole });
  await page.close();
}
await theatre.close();
