import { screen } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";
import { provesItself } from "@/testing/dialogs";
import { CLIENT, id, SESSION, SITE, THERAPIST } from "@/testing/samples";
import { answers } from "@/testing/services";
import { choose, enter, show } from "@/testing/show";
import { EditPolicy } from "./EditPolicy";
import { EditTravel } from "./EditTravel";
import { Overrides } from "./Overrides";
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

describe("Overrides", () => {
  it("names the session of each by client, therapist, site and start, and states the rule with times as at that site", async () => {
    const named = { text: "13:45", form: "time", time_zone: SITE.time_zone } as const;
    const fix = "Choose a time within those hours.";
    const message = `The therapist works from 13:45 on at this site that day. ${fix}`;
    const times = [{ ...named, starts_at: "2026-03-02T18:45:00Z" }];
    const override = { id: 1, session_id: SESSION.id, at: "2026-03-01T15:00:00Z", reason: "Agreed by phone", by: null };
    const rules = [{ code: "outside-working-hours", message, fix, times }];
    answers("get", "/api/scheduling/overrides", { items: [{ ...override, rules }], next_cursor: null });
    // One request for all of them; a list names client and therapist.
    const listed = { ...SESSION, client_name: CLIENT.full_name, therapist_name: THERAPIST.full_name };
    answers("get", "/api/scheduling/sessions", { items: [listed], next_cursor: null });
    show(<Overrides />);
    const session = await screen.findByRole("link", { name: /^Jonas Reed, Mon, Mar 2.*, 9:00 AM$/ });
    expect(session).toHaveAttribute("href", expect.stringContaining(`/sessions/${SESSION.id}`));
    expect(screen.getByText("with Ruth Okafor · Harbor Street")).toBeVisible();
    expect(screen.getByText("The therapist works from 1:45 PM on at this site that day.")).toBeVisible();
    expect(screen.getByText("Agreed by phone")).toBeVisible();
  });
});
