import { screen, waitFor, within } from "@testing-library/react";
import { delay, HttpResponse, http } from "msw";
import { expect, it } from "vitest";
import { id } from "@/testing/samples";
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

/** A report with these columns and rows. */
function answersWith(
  report: string,
  kinds: Readonly<Record<string, string>>,
  rows: readonly object[],
  more: object = {},
) {
  const columns = Object.entries(kinds).map(([name, kind]) => ({ name, kind }));
  const whole = { first_row: 1, is_complete: true, row_count: rows.length, as_of: "2026-03-02", next_cursor: null };
  server.use(
    http.get(`${window.location.origin}/api/billing/reports/${report}`, () =>
      HttpResponse.json({ report, rows, columns, totals: {}, figures: {}, ...whole, ...more }),
    ),
  );
}

it("has why a record differs below its row, and no column of it outside the picture", async () => {
  const row = { record_id: id("d1"), session_id: id("7"), quoted: "185.00", why: "billed as 90834" };
  answersWith("variance", { record_id: "id", session_id: "id", quoted: "money", why: "text" }, [
    row,
    { ...row, record_id: id("d2"), why: "" },
  ]);
  show(<Reports />, { at: "/billing/reports?report=variance" });
  const table = within(await screen.findByRole("table", { name: "Rows" }));
  expect(table.getAllByRole("columnheader").map(({ textContent }) => textContent)).toEqual([
    "Record",
    "Session",
    "Quoted",
  ]);
  expect(table.getByText("Why: billed as 90834")).toHaveAttribute("colspan", "3");
  expect(table.getAllByRole("row")).toHaveLength(4);
});

it("says at its field what is wrong with a period, and requests nothing", async () => {
  const asked: string[] = [];
  server.use(
    http.get(`${window.location.origin}/api/billing/reports/revenue`, ({ request }) => {
      asked.push(request.url);
      return HttpResponse.json({});
    }),
  );
  show(<Reports />, { at: "/billing/reports?report=revenue&from=2026-03-02&to=2026-02-27" });
  expect(await screen.findByLabelText("To")).toHaveAccessibleDescription(
    "Enter Mon, Mar 2, 2026 or later: To must not be before From.",
  );
  expect(screen.queryByText(/^Loading the figures/)).toBeNull();
  expect(screen.queryByRole("link", { name: "CSV" })).toBeNull();
  expect(asked).toEqual([]);
});

it("writes counts as other pages do", async () => {
  answersWith("reconciliation", { what: "text", found: "whole" }, [{ what: "Records without a ledger", found: 1482 }], {
    figures: { sessions_compared: 7036 },
  });
  show(<Reports />, { at: "/billing/reports?report=reconciliation" });
  expect(await screen.findByText("1,482")).toBeVisible();
  expect(screen.getByText("1,482 differences")).toBeVisible();
});
