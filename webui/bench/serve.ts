/** Builds the stage as the page is built, serves it on the loopback, and opens a browser on it. */

import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";

import { type Browser, chromium } from "playwright-core";
import { build } from "vite";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const TYPES: Record<string, string> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
};

/** A browser on a built stage; `close` ends both and removes the build. */
export interface Theatre {
  browser: Browser;
  url: (question: Record<string, string | number>) => string;
  close: () => Promise<void>;
}

/** Build the stage and start Chromium ($CHROMIUM, else /usr/bin/chromium). */
export async function openTheatre(browserArguments: readonly string[] = []): Promise<Theatre> {
  const folder = await mkdtemp(join(tmpdir(), "chart-bench-"));
  await build({
    root: HERE,
    configFile: false,
    logLevel: "error",
    build: { outDir: folder, emptyOutDir: true, rollupOptions: { input: join(HERE, "stage.html") } },
  });
  const server = createServer((request, response) => {
    const path = normalize(new URL(request.url ?? "/", "http://stage").pathname);
    readFile(join(folder, path)).then(
      (body) => {
        response.setHeader("content-type", TYPES[extname(path)] ?? "application/octet-stream");
        response.end(body);
      },
      () => {
        response.statusCode = 404;
        response.end();
      },
    );
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  const browser = await chromium.launch({
    executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium",
    args: ["--no-sandbox", ...browserArguments],
  });
  return {
    browser,
    url: (question) => {
      const words = Object.entries(question).map(([key, value]) => [key, String(value)]);
      return `http://127.0.0.1:${port}/stage.html?${new URLSearchParams(words)}`;
    },
    close: async () => {
      await browser.close();
      server.close();
      await rm(folder, { recursive: true });
    },
  };
}
