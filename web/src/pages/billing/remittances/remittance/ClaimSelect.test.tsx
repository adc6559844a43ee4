import { screen, waitFor } from "@testing-library/react";
import { delay, HttpResponse, http } from "msw";
import { useState } from "react";
import { expect, it } from "vitest";
import type { components } from "@/api/billing";
import { CLAIM, CLIENT, id } from "@/testing/samples";
import { server } from "@/testing/services";
import { show } from "@/testing/show";
import { ClaimSelect } from "./ClaimSelect";

type Answer = components["schemas"]["ClaimPaymentView"];

const ANSWER = { charge: "185.00", service_date: "2026-03-02", status_code: "1" } as Answer;
const WANTED = {
  ...CLAIM,
  status: "submitted",
  frequency: "1",
  to_be_withdrawn: false,
  client_id: CLIENT.id,
  control_number: "HF000770092",
  total_amount: "185.00",
};
const OTHER = { ...WANTED, id: id("f2"), record_id: id("f3"), control_number: "HF000000003" };
const ANSWERED = { ...WANTED, id: id("f4"), record_id: id("f5"), control_number: "HF000000004", status: "paid" };

function Picker({ answer = ANSWER }: { answer?: Answer }) {
  const [recordId, choose] = useState<string | null>(null);
  return <ClaimSelect label="Claim" answer={answer} payer={null} recordId={recordId} onChoose={choose} />;
}

const MORE = /^More of \$185.00 than listed/;

/** Let the service find only what is asked for: by a number, by a client, or some of the many of a day. */
function finds(): URLSearchParams[] {
  const asked: URLSearchParams[] = [];
  server.use(
    http.get(`${window.location.origin}/api/billing/claims`, ({ request }) => {
      const query = new URL(request.url).searchParams;
      asked.push(query);
      if (query.get("open") === "false") {
        return HttpResponse.json({ items: [ANSWERED], next_cursor: null });
      }
      const isWanted = query.get("control_number") === "HF000770092" || query.getAll("client_id").includes(CLIENT.id);
      return HttpResponse.json(
        isWanted ? { items: [WANTED], next_cursor: null } : { items: [OTHER], next_cursor: "more" },
      );
    }),
    http.get(`${window.location.origin}/api/scheduling/clients`, () =>
      HttpResponse.json({ items: [CLIENT], next_cursor: null }),
    ),
  );
  return asked;
}

it.each(["HF000770092", CLIENT.full_name])("finds a claim among any number of them by %s", async (typed) => {
  const asked = finds();
  const user = show(<Picker />);
  const field = await screen.findByRole("combobox", { name: "Claim" });
  await user.type(field, typed);
  expect(await screen.findByRole("option", { name: /HF000770092/ })).toBeVisible();
  expect(asked.every((query) => Number(query.get("limit")) <= 20)).toBe(true);
});

it("begins with the claims of the day that the file states, and says when there are more", async () => {
  const asked = finds();
  show(<Picker />);
  await waitFor(() => expect(screen.getByText(MORE)).toBeVisible());
  expect(screen.getByText(/^Claims of \$185.00/)).not.toBeVisible();
  expect(asked.every((query) => query.get("service_date") === "2026-03-02")).toBe(true);
});

it("says nothing of more claims while there are none in the list", async () => {
  finds();
  const user = show(<Picker />);
  const field = await screen.findByRole("combobox", { name: "Claim" });
  await waitFor(() => expect(screen.getByText(MORE)).toBeVisible());
  server.use(http.get(`${window.location.origin}/api/scheduling/clients`, () => delay("infinite")));
  await user.type(field, "Somebody");
  await waitFor(() => expect(screen.getByText(MORE)).not.toBeVisible());
});

it("offers a claim once its client's name is there, so that what is chosen keeps its name", async () => {
  const asked = finds();
  server.use(
    http.get(`${window.location.origin}/api/scheduling/clients`, async () => {
      await delay(300);
      return HttpResponse.json({ items: [CLIENT], next_cursor: null });
    }),
  );
  const user = show(<Picker />);
  await user.click(await screen.findByRole("combobox", { name: "Claim" }));
  await user.click(await screen.findByRole("option", { name: /HF000000003/ }));
  expect(screen.getByRole("combobox", { name: "Claim" })).toHaveValue(
    `${CLIENT.full_name}, ${OTHER.payer_name}, Mon, Mar 2, $185.00, HF000000003`,
  );
  expect(asked).toHaveLength(2);
});

it.each(["HF000000004", CLIENT.full_name])("finds an answered claim by %s, and says its state", async (typed) => {
  finds();
  const user = show(<Picker />);
  await user.type(await screen.findByRole("combobox", { name: "Claim" }), typed);
  expect(await screen.findByRole("option", { name: /HF000000004, paid/ })).toBeVisible();
});

it("begins with the answered claims of the day where the file takes an answer back", async () => {
  finds();
  const reversal = { ...ANSWER, charge: "-185.00", status_code: "22" };
  const user = show(<Picker answer={reversal} />);
  await user.click(await screen.findByRole("combobox", { name: "Claim" }));
  expect(await screen.findByRole("option", { name: /HF000000004, paid/ })).toBeVisible();
});
