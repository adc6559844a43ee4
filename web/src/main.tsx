import "@mantine/core/styles.layer.css";
import "@mantine/dates/styles.layer.css";
import "@mantine/notifications/styles.layer.css";
import "@mantine/spotlight/styles.layer.css";
import "./app/fonts/inter.css";
import "./app/app.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app/App";
import { queries } from "./app/queries";
import { guardHistory } from "./ui/leaving";
import { ignoreSecondClicks } from "./ui/secondClick";

// After a new version, an open page may request a part that is there no more; the new page has it.
addEventListener("vite:preloadError", () => {
  // Without a network a reload would lose the page that is open.
  if (navigator.onLine) {
    window.location.reload();
  }
});

async function start(place: HTMLElement): Promise<void> {
  // Times are computed with the browser's own Temporal; only those that lack it load one.
  if (!("Temporal" in globalThis)) {
    await import("temporal-polyfill/global");
  }
  guardHistory();
  ignoreSecondClicks(queries);
  createRoot(place).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
}

const place = document.getElementById("root");
if (place) {
  void start(place);
}
