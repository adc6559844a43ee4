// Before each component test: a browser's page, and services that answer nothing but what the test states.
import "./browser";
import "@testing-library/jest-dom/vitest";
import { notifications } from "@mantine/notifications";
import { cleanup, configure } from "@testing-library/react";
import { afterAll, afterEach, beforeAll } from "vitest";
import { queries } from "@/app/queries";
import { sent, server } from "./services";

/** On a machine that does much else, a page needs longer than a second. */
const PATIENCE_MS = 10_000;

configure({
  asyncUtilTimeout: PATIENCE_MS,
  // Whether each element could be hidden by its styles takes seconds to find out; what a test is about is asserted to be visible.
  defaultHidden: true,
  // What is missing is stated without the whole page.
  getElementError: (message) => new Error(message ?? "not found"),
});

beforeAll(() => server.listen({ onUnhandledRequest: "error" }));
afterAll(() => server.close());
afterEach(() => {
  cleanup();
  queries.clear();
  notifications.clean();
  localStorage.clear();
  sessionStorage.clear();
  server.resetHandlers();
  sent.length = 0;
});
