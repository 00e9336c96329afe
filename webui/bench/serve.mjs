/** Builds the stage as the page is built, serves it on the loopback, and opens a browser on it. */

import { Buffer } from "node:buffer";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { extname, join, normalize } from "node:path";
import process from "node:process";
import { fileURLToPath, URL, URLSearchParams } from "node:url";

import react from "@vitejs/plugin-react";
import { chromium } from "playwright-core";
import { build } from "vite";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const TYPES = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css" };

/**
 * A browser on a built stage; `close` ends both and removes the build.
 *
 * @typedef {object} Theatre
 * @property {import("playwright-core").Browser} browser
 * @property {(question: Record<string, string | number>) => string} url
 * @property {() => Promise<void>} close
 */

/**
 * Build the stage and start Chromium ($CHROMIUM, else /usr/bin/chromium).
 *
 * @param {string} sceneFile `stage.html`, the charts alone, or `page.html`, the whole page
 * @returns {Promise<Theatre>}
 */
export async function openTheatre(sceneFile = "stage.html") {
  const folder = await mkdtemp(join(tmpdir(), "chart-bench-"));
  await build({
    root: HERE,
    configFile: false,
    logLevel: "error",
    plugins: [react()],
    build: {
      outDir: folder,
      emptyOutDir: true,
      rollupOptions: { input: join(HERE, sceneFile) },
    },
  });
  const server = createServer((request, response) => void answer(folder, request, response));
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address();
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox"],
  });
  return {
    browser,
    url: (question) => `http://127.0.0.1:${port}/${sceneFile}?${new URLSearchParams(question)}`,
    close: async () => {
      await browser.close();
      server.close();
      await rm(folder, { recursive: true });
    },
  };
}

/** Send one file of the build. */
async function answer(folder, request, response) {
  const path = normalize(new URL(request.url ?? "/", "http://stage").pathname);
  const body = await readFile(join(folder, path)).catch(() => Buffer.alloc(0));
  response.statusCode = body.length > 0 ? 200 : 404;
  response.setHeader("content-type", TYPES[extname(path)] ?? "application/octet-stream");
  response.end(body);
}
