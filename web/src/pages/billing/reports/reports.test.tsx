import { screen, waitFor } from "@testing-library/react";
import { delay, HttpResponse, http } from "msw";
import { expect, it } from "vitest";
import { server } from "@/testing/services";
import { choose, enter, show } from "@/testing/show";
import { addDays } from "@/time";
import { Component as Reports } from "./index";

it.each([
  ["daily-close", 0],
  ["adjustments", 30],
])("opens %s on a time of %i days before today", async (name, days) => {
  const asked: URLSearchParams[] = [];
  server.use(
    http.get(`${window.location.origin}/api/billing/reports/${name}`, ({ request }) => {
      asked.push(new URL(request.url).searchParams);
      return HttpResponse.json({ report: name, rows: [], columns: [], totals: {}, first_row: 1, next_cursor: null });
    }),
  );
  show(<Reports />, { at: `/billing/reports?report=${name}` });
  expect(await screen.findByRole("heading", { name: "Reports" })).toBeVisible();
  await waitFor(() => expect(asked).not.toEqual([]));
  expect(addDays(asked[0]?.get("from") ?? "", days)).toBe(asked[0]?.get("to"));
});

/** Answers each report on the days that are asked for at once, and any other time not at all. */
function answersOf(from: string) {
  const figures = {
    report: "daily-close",
    rows: [{ posted: 1 }],
    columns: [],
    totals: {},
    figures: { cash: "50980.00" },
  };
  server.use(
    http.get(`${window.location.origin}/api/billing/reports/:name`, async ({ request, params }) => {
      if (params.name !== "daily-close" || new URL(request.url).searchParams.get("from") !== from) {
        await delay("infinite");
      }
      return HttpResponse.json({
        ...figures,
        first_row: 2,
        is_complete: true,
        row_count: 1,
        as_of: from,
        next_cursor: null,
      });
    }),
  );
}

it("marks the figures of the days before as outdated until those of the new days are there", async () => {
  answersOf("2026-03-02");
  const user = show(<Reports />, { at: "/billing/reports?report=daily-close&from=2026-03-02&to=2026-03-02" });
  const figure = await screen.findByText("$50,980.00");
  expect(figure.closest("[aria-busy='true']")).toBeNull();
  await enter(user, "From", "2/20/2026");
  await user.tab();
  expect(await screen.findByText("Loading the figures of Fri, Feb 20, 2026 to Mon, Mar 2, 2026.")).toBeVisible();
  expect(screen.getByText("$50,980.00").closest("[aria-busy='true']")).toHaveStyle({ opacity: "0.35" });
});

it("shows that another report is being loaded", async () => {
  answersOf("2026-03-02");
  const user = show(<Reports />, { at: "/billing/reports?report=daily-close&from=2026-03-02&to=2026-03-02" });
  await screen.findByText("$50,980.00");
  await choose(user, "Report", "Adjustments");
  expect(await screen.findByText(/^Loading the figures of/)).toBeVisible();
  expect(screen.getByRole("status", { name: "Loading" })).toBeVisible();
  expect(screen.queryByText("$50,980.00")).toBeNull();
});
