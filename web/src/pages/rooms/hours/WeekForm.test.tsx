import { screen, waitFor, within } from "@testing-library/react";
import type { UserEvent } from "@testing-library/user-event";
import { HttpResponse, http } from "msw";
import { Link, useLocation } from "react-router";
import { expect, it } from "vitest";
import type { Site } from "@/api";
import { useSites } from "@/features/site";
import { SESSION, SITE } from "@/testing/samples";
import { answers, sent, server } from "@/testing/services";
import { enter, hasSites, show } from "@/testing/show";
import { WeekForm } from "./WeekForm";

const BY_NOON = [["08:00", "12:00"]];
const LATER: Site = { ...SITE, version: 4, opening_hours: { ...SITE.opening_hours, mon: BY_NOON } };
const [CLOSES, SAVED, CONFLICT] = ["Monday closes, span 1", /hours are saved/, /Somebody changed this/];

function Page() {
  const { site } = useSites();
  const { pathname } = useLocation();
  return (
    <>
      <Link to="/calendar">Calendar</Link>
      <Link to="/hours">Opening hours</Link>
      <p>at {pathname}</p>
      {site && pathname === "/hours" && <WeekForm site={site} />}
    </>
  );
}

/** The opening hours, of which Monday's end is changed and not saved. */
async function changed(): Promise<UserEvent> {
  const user = show(<Page />, { at: "/calendar" });
  await user.click(await screen.findByRole("link", { name: "Opening hours" }));
  await screen.findByLabelText(CLOSES);
  await enter(user, CLOSES, "12:00 PM");
  await user.tab();
  await screen.findByText("Not saved yet");
  return user;
}

/** Rooms keeps what is saved; of its sessions one is outside then, unless that is insisted on. */
function keepsHours(isForced: (query: URLSearchParams) => boolean) {
  server.use(
    http.patch(`${window.location.origin}/api/rooms/sites/${SITE.id}`, ({ request }) => {
      if (isForced(new URL(request.url).searchParams)) {
        hasSites([LATER]);
        return HttpResponse.json(LATER);
      }
      const outside = { ...SESSION, session_id: SESSION.id };
      return HttpResponse.json(
        { type: "/problems/site-has-sessions", title: "", status: 409, detail: "", sessions: [outside] },
        { status: 409 },
      );
    }),
  );
  answers("get", "/api/scheduling/sessions/{session_id}", SESSION);
}

it("sees no change of anybody else in what it saved itself", async () => {
  keepsHours(() => true);
  const user = await changed();
  await user.click(screen.getByRole("button", { name: "Save" }));

  expect(await screen.findByText(SAVED)).toBeVisible();
  await waitFor(() => expect(screen.queryByText("Not saved yet")).not.toBeInTheDocument());
  await enter(user, CLOSES, "1:00 PM");
  await user.tab();
  expect(screen.queryByText(CONFLICT)).not.toBeInTheDocument();
  await user.click(screen.getByRole("button", { name: "Save" }));
  await waitFor(() => expect(sent.map(({ ifMatch }) => ifMatch)).toEqual(['"3"', '"4"']));
});

it("sees none either where the hours were saved although sessions are outside of them", async () => {
  keepsHours((query) => query.get("force") === "true");
  const user = await changed();
  await user.click(screen.getByRole("button", { name: "Save" }));
  await user.click(await screen.findByLabelText("I will take care of these sessions"));
  expect(screen.queryByRole("button", { name: "Save" })).toBeNull();
  await user.click(screen.getByRole("button", { name: "Save anyway" }));

  expect(await screen.findByText(SAVED)).toBeVisible();
  await waitFor(() => expect(screen.queryByText("Not saved yet")).not.toBeInTheDocument());
  expect(screen.queryByText(CONFLICT)).not.toBeInTheDocument();
  expect(screen.getByRole("button", { name: "Save" })).toBeDisabled();
});

it("is done with the refusal once both changes are kept", async () => {
  const theirs: Site = { ...SITE, version: 4, opening_hours: { ...SITE.opening_hours, tue: BY_NOON } };
  server.use(
    http.patch(`${window.location.origin}/api/rooms/sites/${SITE.id}`, () => {
      hasSites([theirs]);
      return HttpResponse.json(
        { type: "/problems/stale-version", title: "Stale version", status: 412, detail: "You changed version 3." },
        { status: 412 },
      );
    }),
  );
  const user = await changed();
  await user.click(screen.getByRole("button", { name: "Save" }));
  await user.click(await screen.findByRole("button", { name: "Keep both: theirs and mine" }));
  expect(screen.queryByRole("alert")).toBeNull();

  keepsHours(() => true);
  await user.click(screen.getByRole("button", { name: "Save" }));
  expect(await screen.findByText(SAVED)).toBeVisible();
  expect(sent.map(({ ifMatch }) => ifMatch)).toEqual(['"3"', '"4"']);
});

it("asks before another page takes what is not saved", async () => {
  const user = await changed();
  await user.click(screen.getByRole("link", { name: "Calendar" }));
  const question = await screen.findByRole("dialog", { name: "Leave without saving?" });
  await user.click(within(question).getByRole("button", { name: "Stay" }));

  expect(screen.getByText("at /hours")).toBeVisible();
  expect(screen.getByText("Not saved yet")).toBeVisible();

  await user.click(screen.getByRole("link", { name: "Calendar" }));
  await user.click(await screen.findByRole("button", { name: "Discard and leave" }));
  expect(await screen.findByText("at /calendar")).toBeVisible();
  expect(sent).toEqual([]);
});

it("asks before the way back takes it, and goes back where that is wanted", async () => {
  const user = await changed();
  window.history.back();
  await user.click(await screen.findByRole("button", { name: "Stay" }));
  expect(screen.getByText("at /hours")).toBeVisible();
  await waitFor(() => expect(window.location.pathname).toBe("/hours"));

  window.history.back();
  await user.click(await screen.findByRole("button", { name: "Discard and leave" }));
  expect(await screen.findByText("at /calendar")).toBeVisible();
});

it("asks the browser to hold a tab that is closed, while something is not saved", async () => {
  const user = await changed();
  const close = () => window.dispatchEvent(new Event("beforeunload", { cancelable: true }));
  expect(close()).toBe(false);
  await user.click(screen.getByRole("button", { name: "Discard changes" }));
  expect(close()).toBe(true);
});
