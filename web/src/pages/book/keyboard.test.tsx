import { screen, waitFor } from "@testing-library/react";
import type { UserEvent } from "@testing-library/user-event";
import { HttpResponse, http } from "msw";
import { expect, it } from "vitest";
import { CLIENT, id, PREVIEW, ROOM, SERVICE, THERAPIST } from "@/testing/samples";
import { answers, server } from "@/testing/services";
import { show } from "@/testing/show";
import { Component as Book } from "./index";

const COUPLE = { ...SERVICE, id: id("35"), service_code: "90847", service_name: "Couple therapy", min_clients: 2 };
const PEOPLE = { "/api/scheduling/clients": CLIENT, "/api/scheduling/therapists": THERAPIST };

/** An empty booking, and what lets its look-ups answer. */
function open(service = SERVICE): { user: UserEvent; answer: () => void } {
  let answer: () => void = () => undefined;
  const answered = new Promise<void>((resolve) => {
    answer = resolve;
  });
  const found = { ...PEOPLE, "/api/catalog/services": service };
  for (const [path, item] of Object.entries(found)) {
    server.use(
      http.get(`${window.location.origin}${path}`, async () => {
        await answered;
        return HttpResponse.json({ items: [item], next_cursor: null });
      }),
      http.get(`${window.location.origin}${path}/${item.id}`, () => HttpResponse.json(item)),
    );
  }
  answers("get", "/api/billing/clients/{client_id}/coverages", { items: [], next_cursor: null });
  answers("get", "/api/rooms/rooms", { items: [ROOM], next_cursor: null });
  answers("get", "/api/rooms/availability", { rooms: [] } as never);
  answers("get", "/api/scheduling/first-available", { items: [] } as never);
  answers("post", "/api/scheduling/sessions/check", { ok: true, problems: [], alternatives: [] } as never);
  answers("post", "/api/billing/preview", PREVIEW);
  return { user: show(<Book />, { at: "/book" }), answer };
}

const inAddress = (name: string) => new URLSearchParams(window.location.search).get(name);
const chosen = (name: string, value: string) => waitFor(() => expect(inAddress(name)).toBe(value));

it.each([
  ["before", "button", SERVICE],
  ["after", "button", SERVICE],
  ["before", "combobox", COUPLE],
  ["after", "combobox", COUPLE],
] as const)(
  "takes day and time from the same keys where the look-ups answer %s they are typed, and leads to a %s for another client",
  async (order, follows, service) => {
    const { user, answer } = open(service);
    await waitFor(() => expect(screen.getByLabelText(/^Client( \*)?$/, { selector: "input" })).toHaveFocus());
    const choices = [
      ["client", "Jonas", CLIENT.id],
      ["therapist", "Ruth", THERAPIST.id],
      ["service", service.service_code, service.id],
    ] as const;
    if (order === "before") {
      answer();
    }
    for (const [name, words, value] of choices) {
      await user.keyboard(`${words}{Enter}`);
      if (order === "before") {
        await chosen(name, value);
      }
      await user.tab();
    }
    // Here, unlike in a browser, the days stand in the page beside their field and would take the Tab: Escape closes them.
    for (const words of ["3/2/2099{Escape}", "10:00"]) {
      await user.keyboard(words);
      await user.tab();
    }
    answer();
    for (const [name, , value] of [...choices, ["day", "", "2099-03-02"], ["time", "", "10:00"]] as const) {
      await chosen(name, value);
    }
    await waitFor(() => expect(screen.getByRole(follows, { name: /^(Add another client|Client 2)/ })).toHaveFocus());
  },
);
