import { screen, waitFor } from "@testing-library/react";
import { HttpResponse, http } from "msw";
import { expect, it } from "vitest";
import { server } from "@/testing/services";
import { show } from "@/testing/show";
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
