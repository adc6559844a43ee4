import { describe } from "vitest";
import { provesItself } from "@/testing/dialogs";
import { SERVICE } from "@/testing/samples";
import { answers } from "@/testing/services";
import { enter } from "@/testing/show";
import { AddService } from "./AddService";

describe("AddService", () => {
  provesItself({
    dialog: (onClose) => <AddService onClose={onClose} />,
    title: "Add a service",
    given: () => answers("get", "/api/catalog/services", { items: [], next_cursor: null }),
    fill: async (user) => {
      await enter(user, /Code/, "90834");
      await enter(user, /^Rate/, "140");
      await enter(user, /^Name/, "Individual psychotherapy, 45 minutes");
      await enter(user, /Duration/, "45");
    },
    submit: "Save",
    request: ["post", "/api/catalog/services"],
    body: {
      service_code: "90834",
      base_rate: "140.00",
      service_name: "Individual psychotherapy, 45 minutes",
      service_type: "psychotherapy",
      kind: "base",
      standard_duration: 45,
      min_minutes: null,
      max_minutes: null,
      max_units_per_day: null,
      billing_category: "",
      components: [],
      requires_primary: [],
      excludes_same_day: [],
      billed_per: "client",
      min_clients: 1,
      description: "",
    },
    answer: SERVICE,
    refused: ["base_rate", /^Rate/],
  });
});
