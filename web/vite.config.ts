import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";
import { componentStyles } from "./build/componentStyles.ts";
import { compressed } from "./build/compressed.ts";

// Where `npm run dev` finds the services: the front of a running `make up`.
const FRONT = process.env.HOLDFAST_URL ?? "http://127.0.0.1:8080";
/** What the calendar's component brings and no page shows. */
const UNUSED = fileURLToPath(new URL("./build/unused.ts", import.meta.url));

export default defineConfig({
  plugins: [react(), componentStyles(), compressed()],
  resolve: {
    alias: [
      { find: "@", replacement: fileURLToPath(new URL("./src", import.meta.url)) },
      { find: /^(rrule|.*\/ScheduleHeaderBase\.mjs)$/, replacement: UNUSED },
    ],
  },
  // light-dark() stays as it is: what older browsers need instead knows nothing of the theme.
  build: {
    target: "es2023",
    cssTarget: ["chrome123", "firefox120", "safari17.5"],
    reportCompressedSize: false,
    chunkSizeWarningLimit: 700,
    // By it, `local.web` counts what a first visit loads.
    manifest: true,
    rolldownOptions: {
      experimental: { lazyBarrel: true },
      output: { codeSplitting: { groups: [{ name: "first", tags: ["$initial"] }] } },
    },
  },
  server: { proxy: { "/api": { target: FRONT, changeOrigin: true } } },
  test: {
    setupFiles: ["temporal-polyfill/global"],
    projects: [
      { extends: true, test: { name: "units", environment: "node", include: ["src/**/*.test.ts"] } },
      {
        extends: true,
        test: {
          name: "components",
          environment: "jsdom",
          include: ["src/**/*.test.tsx"],
          setupFiles: ["src/testing/setup.ts"],
          // Otherwise each file would load the whole front anew.
          isolate: false,
          testTimeout: 60_000,
        },
      },
    ],
  },
});
