import { useQueryClient } from "@tanstack/react-query";
import { screen, waitFor, within } from "@testing-library/react";
import { HttpResponse, http } from "msw";
import { describe, expect, it, vi } from "vitest";
import { refreshAfter } from "@/live";
import { provesItself } from "@/testing/dialogs";
import { CLIENT, CLOSED_SITE, COVERAGE, ENTRY, id, PAYER, SERVICE, SESSION, SITE, THERAPIST } from "@/testing/samples";
import { answers, refuses, sent, server } from "@/testing/services";
import { choose, show } from "@/testing/show";
import { AddEntry } from "./AddEntry";
import { Component as Waitlist, Withdraw } from "./index";
import { Log } from "./Log";
import type { Entry } from "./text";

const COVERAGES = "/api/billing/clients/{client_id}/coverages";
const HELD = {
  ...ENTRY,
  status: "offered" as const,
  position: null,
  session_id: SESSION.id,
  offer_until: "2099-03-02T14:00:00Z",
};
/** The refusal to decline what is booked meanwhile. */
const TAKEN = {
  status: 409,
  type: "/problems/nothing-offered",
  title: "Nothing offered",
  detail: "The slot is booked for this client already. If they do not want it, cancel its session.",
};
const UNINSURED = { ...CLIENT, id: id("33"), full_name: "Ada Papermoon" };

/** What the services answer to whoever adds an entry. */
function given() {
  answers("get", "/api/scheduling/clients", { items: [CLIENT, UNINSURED], next_cursor: null });
  answers("get", "/api/scheduling/clients/{client_id}", CLIENT);
  answers("get", "/api/scheduling/therapists", { items: [], next_cursor: null });
  answers("get", "/api/catalog/services", { items: [SERVICE], next_cursor: null });
  answers("get", COVERAGES, { items: [], next_cursor: null });
  answers("get", "/api/billing/payers/{payer_id}", PAYER);
  answers("post", "/api/scheduling/waitlist", ENTRY);
}

describe("AddEntry", () => {
  async function open(covered: () => void) {
    given();
    covered();
    const user = show(<AddEntry site={SITE} onClose={vi.fn()} />);
    await screen.findByRole("dialog");
    await choose(user, /Client/, /Jonas Reed/);
    await choose(user, /Service/, /90837/);
    return user;
  }
  const covers = () => answers("get", COVERAGES, { items: [COVERAGE], next_cursor: null });
  const save = () => screen.getByRole("button", { name: "Save" });

  it("bills the insurance of a client who has coverage, and says which", async () => {
    const user = await open(covers);
    expect(await screen.findByText("Harbor Health · Gold · copay $25.00")).toBeVisible();
    expect(screen.getByRole("switch", { name: /^Bill insurance/ })).toBeChecked();
    await user.click(save());
    await waitFor(() => expect(sent).toHaveLength(1));
    expect(sent[0]?.body).toMatchObject({ insurance_applicable: true });
  });

  it("bills insurance while billing does not say whether the client has coverage", async () => {
    const user = await open(() => refuses("get", COVERAGES, { status: 422 }));
    expect(await screen.findByText(/coverage is unknown/)).toBeVisible();
    await user.click(save());
    await waitFor(() => expect(sent).toHaveLength(1));
    expect(sent[0]?.body).toMatchObject({ insurance_applicable: true });
  });

  it("leaves it to who saves, for this client alone", async () => {
    const user = await open(covers);
    await screen.findByText(/Gold/);
    const insurance = () => screen.getByRole("switch", { name: /^Bill insurance/ });
    await user.click(insurance());
    expect(insurance()).not.toBeChecked();
    await choose(user, /Client/, /Ada Papermoon/);
    await waitFor(() => expect(insurance()).toBeChecked());
  });

  it("is saved at once, before anything is known of who and what was chosen beyond the lists", async () => {
    const never = () => new Promise<Response>(() => undefined);
    const user = await open(() =>
      server.use(
        http.get(`${window.location.origin}/api/scheduling/clients/:client_id`, never),
        http.get(`${window.location.origin}/api/catalog/services`, ({ request }) =>
          new URL(request.url).searchParams.has("ids") ? never() : undefined,
        ),
      ),
    );
    await user.click(save());
    await waitFor(() => expect(sent[0]?.body).toMatchObject({ client_id: CLIENT.id, service_id: SERVICE.id }));
  });

  provesItself({
    dialog: (onClose) => <AddEntry site={SITE} onClose={onClose} />,
    title: "Add to the waitlist",
    given,
    lacks: ["Choose a client.", "Choose a service."],
    fill: async (user) => {
      await choose(user, /Client/, /Jonas Reed/);
      await choose(user, /Service/, /90837/);
      await screen.findByText("No coverage on file for these dates: the client pays.");
    },
    submit: "Save",
    request: ["post", "/api/scheduling/waitlist"],
    body: expect.objectContaining({
      client_id: CLIENT.id,
      service_id: SERVICE.id,
      site_id: SITE.id,
      modality: "in_person",
      insurance_applicable: false,
    }),
    answer: ENTRY,
    refused: ["client_id", /Client/],
  });
});

describe("Withdraw", () => {
  provesItself({
    dialog: (onClose) => <Withdraw entry={ENTRY} onClose={onClose} />,
    title: "Remove Jonas Reed from the waitlist?",
    submit: "Remove",
    request: ["delete", "/api/scheduling/waitlist/{entry_id}"],
    sentTo: `/api/scheduling/waitlist/${ENTRY.id}`,
  });
});

/** What somebody else does, as the event stream announces it. */
function Happens() {
  const queries = useQueryClient();
  return (
    <button type="button" onClick={() => void refreshAfter(queries, "scheduling.session_booked.v1")}>
      Somebody books it
    </button>
  );
}

describe("the page", () => {
  let listed: readonly Entry[] = [];

  /** Show the page with these entries, by their status. */
  function open(entries: readonly Entry[]) {
    listed = entries;
    server.use(
      http.get(`${window.location.origin}/api/scheduling/waitlist`, ({ request }) => {
        const status = new URL(request.url).searchParams.get("status");
        return HttpResponse.json({ items: listed.filter((entry) => entry.status === status), next_cursor: null });
      }),
    );
    answers("get", "/api/catalog/services", { items: [SERVICE], next_cursor: null });
    answers("get", "/api/catalog/services/{service_id}", SERVICE);
    answers("get", "/api/scheduling/sessions/{session_id}", { ...SESSION, status: "offered" });
    answers("get", "/api/scheduling/clients", { items: [CLIENT], next_cursor: null });
    answers("get", "/api/scheduling/clients/{client_id}", CLIENT);
    answers("get", "/api/scheduling/therapists", { items: [THERAPIST], next_cursor: null });
    answers("get", "/api/scheduling/therapists/{therapist_id}", THERAPIST);
    return show(
      <>
        <Waitlist />
        <Happens />
      </>,
      { at: "/waitlist" },
    );
  }

  it("declines nothing before it was asked for", async () => {
    const user = open([HELD]);
    await user.click(await screen.findByRole("button", { name: "Decline" }));
    expect(await screen.findByRole("dialog", { name: "Decline the slot for Jonas Reed?" })).toBeVisible();
    expect(sent).toEqual([]);
  });

  it("leaves a declined slot free where that is chosen", async () => {
    answers("post", "/api/scheduling/waitlist/{entry_id}/decline", { ...SESSION, status: "cancelled" });
    const user = open([HELD]);
    await user.click(await screen.findByRole("button", { name: "Decline" }));
    const dialog = within(await screen.findByRole("dialog"));
    await user.click(dialog.getByRole("checkbox", { name: "Offer the slot to the next on the waitlist" }));
    await user.click(dialog.getByRole("button", { name: "Decline" }));
    expect(await screen.findByText("Jonas Reed keeps waiting; the slot stays free.")).toBeVisible();
    expect(sent.map(({ query }) => query)).toEqual([{ offer_on: "false" }]);
  });

  it("says what happened where the slot was booked by somebody else before it is declined, and shows the list anew", async () => {
    const user = open([HELD]);
    await user.click(await screen.findByRole("button", { name: "Decline" }));
    const dialog = within(await screen.findByRole("dialog"));
    refuses("post", "/api/scheduling/waitlist/{entry_id}/decline", TAKEN);
    listed = [{ ...HELD, status: "booked" as const }];
    await user.click(dialog.getByRole("button", { name: "Decline" }));
    expect(await screen.findByText("The slot was not declined")).toBeVisible();
    expect(screen.getByText(TAKEN.detail)).toBeVisible();
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    await waitFor(() => expect(screen.queryByRole("button", { name: "Decline" })).toBeNull());
  });

  it("leaves open what was asked while its entry leaves the list", async () => {
    const user = open([HELD]);
    await user.click(await screen.findByRole("button", { name: "Decline" }));
    const dialog = await screen.findByRole("dialog");
    listed = [{ ...HELD, status: "booked" as const }];
    await user.click(screen.getByRole("button", { name: "Somebody books it" }));
    await waitFor(() => expect(screen.queryByRole("table", { name: "Held slots", hidden: true })).toBeNull());
    expect(dialog).toBeVisible();
  });

  it("says of those without a slot that nobody else waits", async () => {
    open([HELD]);
    expect(await screen.findByText("A slot is held for every client who waits at this site.")).toBeVisible();
    expect(screen.queryByText(/No client of this site/)).toBeNull();
  });

  it("leads to the session that is held, not to one that was declined", async () => {
    open([HELD, { ...ENTRY, id: id("88"), client_name: "Ada Papermoon", session_id: id("77") }]);
    expect(await screen.findByRole("link", { name: "Ada Papermoon" })).toBeVisible();
    const led = screen.getAllByRole("link", { name: "the session" }).map((link) => link.getAttribute("href"));
    expect(led).toEqual([expect.stringContaining(SESSION.id)]);
  });
});

describe("Log", () => {
  it("lists the decisions about an entry with their times as at the site, and closes", async () => {
    const named = { text: "Mon 2026-03-02 09:00", form: "moment", time_zone: SITE.time_zone } as const;
    const times = [{ ...named, starts_at: "2026-03-02T14:00:00Z" }];
    const detail = `${named.text}: their service takes longer than the slot`;
    const log = [{ at: "2026-03-02T13:00:00Z", event: "passed over", detail, session_id: null, times }];
    answers("get", "/api/scheduling/waitlist/{entry_id}", { ...ENTRY, log });
    const onClose = vi.fn();
    const user = show(<Log entry={ENTRY} zone={SITE.time_zone} onClose={onClose} />);
    const dialog = await screen.findByRole("dialog", { name: "Log of Jonas Reed" });
    expect(
      await within(dialog).findByText(/^Mon, Mar 2.*, 9:00 AM: their service takes longer than the slot$/),
    ).toBeVisible();
    await user.click(within(dialog).getByRole("button", { name: "Close" }));
    expect(onClose).toHaveBeenCalledOnce();
  });
});

it("says of a closed site that nothing is offered there", async () => {
  answers("get", "/api/scheduling/waitlist", { items: [], next_cursor: null });
  show(<Waitlist />, { at: "/waitlist", sites: [SITE, CLOSED_SITE], site: CLOSED_SITE.id });

  expect(await screen.findByText(/Canal Street is closed · nothing is offered/)).toBeVisible();
  expect(screen.queryByText(/held for the first/)).not.toBeInTheDocument();
});
