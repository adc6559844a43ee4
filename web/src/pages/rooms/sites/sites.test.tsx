import { screen } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { provesItself } from "@/testing/dialogs";
import { id, SESSION, SITE } from "@/testing/samples";
import { answers, refuses, sent } from "@/testing/services";
import { choose, enter, show } from "@/testing/show";
import { AddSite } from "./AddSite";
import { CloseSite } from "./CloseSite";
import { EditSite } from "./EditSite";

const WORKDAY = [["08:00", "18:00"]];

describe("AddSite", () => {
  provesItself({
    dialog: (onClose) => <AddSite onClose={onClose} />,
    title: "Add a site",
    fill: async (user) => {
      await enter(user, /Name/, "Hill Road");
      await enter(user, /Time zone/, "Europe/Berlin");
      await choose(user, /Time zone/, "Europe/Berlin");
    },
    submit: "Save",
    request: ["post", "/api/rooms/sites"],
    body: {
      site_name: "Hill Road",
      time_zone: "Europe/Berlin",
      address: "",
      opening_hours: { mon: WORKDAY, tue: WORKDAY, wed: WORKDAY, thu: WORKDAY, fri: WORKDAY },
    },
    answer: SITE,
    refused: ["site_name", /Name/],
  });
});

describe("EditSite", () => {
  provesItself({
    dialog: (onClose) => <EditSite site={SITE} onClose={onClose} />,
    title: "Edit Harbor Street",
    fill: (user) => enter(user, /Address/, "2 Harbor Street"),
    submit: "Save",
    request: ["patch", "/api/rooms/sites/{site_id}"],
    sentTo: `/api/rooms/sites/${SITE.id}`,
    ifMatch: "3",
    body: { address: "2 Harbor Street" },
    answer: SITE,
    refused: ["address", /Address/],
  });
});

describe("CloseSite", () => {
  provesItself({
    dialog: (onClose) => <CloseSite site={SITE} onClose={onClose} />,
    title: "Close Harbor Street",
    submit: "Close the site",
    request: ["patch", "/api/rooms/sites/{site_id}"],
    sentTo: `/api/rooms/sites/${SITE.id}`,
    body: { is_active: false },
    answer: { ...SITE, is_active: false },
  });

  it("counts the affected sessions once, and then offers one way to close it", async () => {
    const sessions = Array.from({ length: 100 }, (_, place) => ({ ...SESSION, session_id: id(`a${place}`) }));
    refuses("patch", "/api/rooms/sites/{site_id}", {
      type: "/problems/site-has-sessions",
      status: 409,
      sessions,
      sessions_omitted: 7401,
    });
    answers("get", "/api/scheduling/sessions/{session_id}", SESSION);
    const user = show(<CloseSite site={SITE} onClose={() => undefined} />);
    await user.click(await screen.findByRole("button", { name: "Close the site" }));

    expect(await screen.findByText("7,501 sessions are affected. Nothing is changed yet")).toBeVisible();
    expect(screen.getByText("and 7,476 more")).toBeVisible();
    expect(screen.queryByText(/are shown/)).toBeNull();
    expect(screen.queryByRole("button", { name: "Close the site" })).toBeNull();
    await user.click(screen.getByLabelText("I will take care of these sessions"));
    await user.keyboard("{Control>}{Enter}{/Control}");
    expect(sent).toHaveLength(1);
    await user.click(screen.getByRole("button", { name: "Close anyway" }));
    expect(sent.map(({ query }) => query)).toEqual([{}, { force: "true" }]);
  });
});
