import { screen } from "@testing-library/react";
import { describe } from "vitest";
import { provesItself } from "@/testing/dialogs";
import { answers } from "@/testing/services";
import { Component } from "./index";

describe("Component", () => {
  provesItself({
    dialog: () => <Component />,
    given: () => {
      answers("get", "/api/billing/diagnosis-codes/totals", { codes: 2, first_day: "2025-10-01" } as never);
      answers("get", "/api/billing/diagnosis-codes", { items: [], next_cursor: null });
    },
    opens: async (user) => user.click(await screen.findByRole("button", { name: "Remove the list" })),
    title: "Remove the list of diagnosis codes?",
    submit: "Remove the list",
    request: ["delete", "/api/billing/diagnosis-codes"],
  });
});
