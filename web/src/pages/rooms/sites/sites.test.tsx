import { describe } from "vitest";
import { provesItself } from "@/testing/dialogs";
import { SITE } from "@/testing/samples";
import { choose, enter } from "@/testing/show";
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
});
