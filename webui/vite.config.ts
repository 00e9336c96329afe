import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

// Paths are relative, because the page may live below any path of a proxy.
export default defineConfig({
  base: "./",
  plugins: [react()],
  build: {
    outDir: "../locust_like/static",
    emptyOutDir: true,
    assetsInlineLimit: 0, // the policy of the server allows no inline data but images
    target: "es2023",
    modulePreload: { polyfill: false },
  },
  server: { proxy: { "/api": "http://127.0.0.1:8089" } },
  test: { environment: "happy-dom", include: ["src/**/*.test.{ts,tsx}"], restoreMocks: true },
});
