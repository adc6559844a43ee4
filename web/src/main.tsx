import "@fontsource-variable/inter/index.css";
import "@mantine/core/styles.css";
import "@mantine/dates/styles.css";
import "@mantine/notifications/styles.css";
import "@mantine/spotlight/styles.css";
import "./app/app.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app/App";

// After a new version, an open page may ask for a part that is there no more; the new page has it.
addEventListener("vite:preloadError", () => {
  // Without a network a reload would lose the page that is open.
  if (navigator.onLine) {
    window.location.reload();
  }
});

const place = document.getElementById("root");
if (place) {
  createRoot(place).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
}
