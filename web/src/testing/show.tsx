// A component with what the front has around every page: theme, data, address, the site that is looked at, and messages.
import { MantineProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { QueryClientProvider } from "@tanstack/react-query";
import { type Matcher, render, screen, waitFor, within } from "@testing-library/react";
import userEvent, { PointerEventsCheckLevel, type UserEvent } from "@testing-library/user-event";
import { HttpResponse, http } from "msw";
import type { ReactElement } from "react";
import { BrowserRouter } from "react-router";
import type { Site } from "@/api";
import { queries } from "@/app/queries";
import { theme } from "@/app/theme";
import { SiteChoice, useSites } from "@/features/site";
import { guardHistory } from "@/ui/leaving";
import { NETWORK, SITE } from "./samples";
import { answers, server } from "./services";

interface Place {
  /** The address of the page, without the site. */
  readonly at?: string;
  /** Every site, closed ones too. */
  readonly sites?: readonly Site[];
  /** The site that the address names. */
  readonly site?: string;
}

/** Show a component as a page does, and whoever uses it. */
export function show(component: ReactElement, { at = "/", sites = [SITE], site = SITE.id }: Place = {}): UserEvent {
  hasSites(sites);
  answers("get", "/api/billing/network", NETWORK);
  window.history.replaceState(null, "", `${at}${at.includes("?") ? "&" : "?"}site=${site}`);
  guardHistory();
  render(
    <MantineProvider theme={theme} env="test">
      <QueryClientProvider client={queries}>
        <BrowserRouter>
          <SiteChoice>
            <OnceKnown>{component}</OnceKnown>
          </SiteChoice>
          <Notifications />
        </BrowserRouter>
      </QueryClientProvider>
    </MantineProvider>,
  );
  // Whether a click reaches an element through its styles is proved in a browser.
  return userEvent.setup({ delay: null, pointerEventsCheck: PointerEventsCheckLevel.Never });
}

/** Rooms has these sites: it answers with all of them, or with those in use where only they are requested. */
export function hasSites(sites: readonly Site[]): void {
  server.use(
    http.get(`${window.location.origin}/api/rooms/sites`, ({ request }) => {
      const inUseOnly = new URL(request.url).searchParams.get("is_active") === "true";
      return HttpResponse.json({ items: sites.filter((one) => one.is_active || !inUseOnly), next_cursor: null });
    }),
  );
}

function OnceKnown({ children }: { children: ReactElement }) {
  return useSites().isKnown ? children : null;
}

/** Put a text into a field, in place of what stands there. */
export async function enter(user: UserEvent, label: Matcher, text: string): Promise<void> {
  const field = screen.getByLabelText(label, { selector: "input, textarea" });
  await user.clear(field);
  await user.click(field);
  await user.paste(text);
}

/** Choose from a list that opens below its field. */
export async function choose(user: UserEvent, label: Matcher, option: string | RegExp): Promise<void> {
  const field = screen.getByLabelText(label, { selector: "input" });
  await user.click(field);
  const list = await waitFor(() => present(document.getElementById(field.getAttribute("aria-controls") ?? "")));
  await user.click(await within(list).findByRole("option", { name: option }));
}

function present(list: HTMLElement | null): HTMLElement {
  if (!list) {
    throw new Error("the list is not open");
  }
  return list;
}
