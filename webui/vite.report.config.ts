import { defineConfig, mergeConfig } from "vite";

import page from "./vite.config";

// One script and one style, which scripts/inline-report.mjs puts into the page itself.
export default defineConfig(
  mergeConfig(page, {
    build: {
      outDir: "node_modules/.report",
      rollupOptions: { input: "report.html", output: { codeSplitting: false } },
    },
  }),
);
