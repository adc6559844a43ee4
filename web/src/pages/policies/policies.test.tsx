import { screen } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";
import { provesItself } from "@/testing/dialogs";
import { id, SITE } from "@/testing/samples";
import { choose, enter, show } from "@/testing/show";
import { EditPolicy } from "./EditPolicy";
import { EditTravel } from "./EditTravel";
import type { Policy } from "./rules";

const HILL = { ...SITE, id: id("1b"), site_name: "Hill Road" };
const NO_RULES = {
  book_ahead_days: null,
  notice_minutes: null,
  buffer_before_minutes: null,
  buffer_after_minutes: null,
  therapist_sessions_a_day: null,
  client_sessions_a_day: null,
  cancellation_window_minutes: null,
};
const DEFAULT: Policy = { ...NO_RULES, service_id: null, version: 2 } as Policy;

describe("EditPolicy", () => {
  provesItself({
    dialog: (onClose) => <EditPolicy policy={DEFAULT} known={[DEFAULT]} onClose={onClose} />,
    title: "Default rules",
    fill: (user) => enter(user, /Notice/, "120"),
    submit: "Save",
    request: ["put", "/api/scheduling/policies/default"],
    ifMatch: "2",
    body: { ...NO_RULES, notice_minutes: 120 },
    answer: { ...DEFAULT, notice_minutes: 120 },
    refused: ["notice_minutes", /Notice/],
  });
});

describe("EditTravel", () => {
  provesItself({
    dialog: (onClose) => <EditTravel journey={null} sites={[SITE, HILL]} onClose={onClose} />,
    title: "Add a travel time",
    lacks: ["Choose a site.", "Choose another site."],
    fill: async (user) => {
      await choose(user, /Between/, "Harbor Street");
      await choose(user, /And/, "Hill Road");
    },
    submit: "Save",
    request: ["put", "/api/scheduling/travel-times"],
    body: { site_ids: [SITE.id, HILL.id], minutes: 30 },
    answer: { site_ids: [SITE.id, HILL.id], minutes: 30 },
    refused: ["minutes", /Minutes/],
  });

  it("begins with the first site, found by typing, and names with Ctrl+Enter what is missing", async () => {
    const user = show(<EditTravel journey={null} sites={[SITE, HILL]} onClose={vi.fn()} />);
    const between = await screen.findByLabelText(/Between/, { selector: "input" });
    expect(between).toHaveFocus();
    await user.keyboard("hill{Enter}");
    expect(between).toHaveValue("Hill Road");
    await user.keyboard("{Control>}{Enter}{/Control}");
    expect(await screen.findByText("Choose another site.")).toBeVisible();
  });
});
