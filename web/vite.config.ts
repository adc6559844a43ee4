import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

// Where `npm run dev` finds the services: the front of a running `make up`.
const FRONT = process.env.HOLDFAST_URL ?? "http://127.0.0.1:8080";

export default defineConfig({
  plugins: [react()],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  // light-dark() stays as it is: what older browsers need instead knows nothing of the theme.
  build: {
    target: "es2023",
    cssTarget: ["chrome123", "firefox120", "safari17.5"],
    reportCompressedSize: false,
    chunkSizeWarningLimit: 700,
  },
  server: { proxy: { "/api": { target: FRONT, changeOrigin: true } } },
  test: { environment: "node", include: ["src/**/*.test.ts"] },
});
