import { screen, waitFor } from "@testing-library/react";
import { expect, it } from "vitest";
import { CLIENT, PREVIEW, ROOM, SERVICE, SESSION, THERAPIST } from "@/testing/samples";
import { answers, fieldProblem, refuses, sent } from "@/testing/services";
import { show } from "@/testing/show";
import { Component as Book } from "./index";

const OUTSIDE = "The therapist does not work at that time.";
const REASON = "Reason to override the clinic's rules";

function open() {
  answers("get", "/api/scheduling/clients", { items: [CLIENT], next_cursor: null });
  answers("get", "/api/scheduling/therapists", { items: [THERAPIST], next_cursor: null });
  answers("get", "/api/scheduling/clients/{client_id}", CLIENT);
  answers("get", "/api/scheduling/therapists/{therapist_id}", THERAPIST);
  answers("get", "/api/catalog/services", { items: [SERVICE], next_cursor: null });
  answers("get", "/api/rooms/rooms", { items: [ROOM], next_cursor: null });
  answers("get", "/api/rooms/availability", { rooms: [] } as never);
  answers("get", "/api/billing/clients/{client_id}/coverages", { items: [], next_cursor: null });
  answers("post", "/api/billing/preview", PREVIEW);
  answers("get", "/api/scheduling/first-available", { items: [] } as never);
  answers("post", "/api/scheduling/sessions/check", { ok: false, ...SESSION, problems: [], alternatives: [] } as never);
  refuses("post", "/api/scheduling/sessions", {
    type: "/problems/outside-working-hours",
    title: "Outside working hours",
    status: 422,
    detail: OUTSIDE,
    errors: [fieldProblem("starts_at", OUTSIDE)],
    overridable: true,
  });
  const who = `client=${CLIENT.id}&therapist=${THERAPIST.id}&service=${SERVICE.id}`;
  return show(<Book />, { at: `/book?${who}&day=2099-03-02&time=08:00` });
}

it("leads from the refusal by rules of the clinic to the reason that overrides them", async () => {
  const user = open();
  const book = await screen.findByRole("button", { name: "Book the session" });
  await waitFor(() => expect(book).toBeEnabled());
  await user.click(book);
  expect(await screen.findByText(OUTSIDE)).toBeVisible();
  const reason = await screen.findByRole("textbox", { name: REASON });
  await waitFor(() => expect(reason).toHaveFocus());

  await user.keyboard("Agreed with the therapist");
  expect(reason).toHaveFocus();
  expect(reason).toHaveValue("Agreed with the therapist");
  await user.keyboard("{Control>}{Enter}{/Control}");
  await waitFor(() => expect(sent).toHaveLength(2));
  expect(sent[1]?.body).toMatchObject({ override: { reason: "Agreed with the therapist" } });
});
