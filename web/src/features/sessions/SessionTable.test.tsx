import { screen, within } from "@testing-library/react";
import { expect, it } from "vitest";
import { CLOSED_SITE, id, SESSION, SITE } from "@/testing/samples";
import { show } from "@/testing/show";
import { SessionTable } from "./SessionTable";

const AT_CLOSED = { ...SESSION, id: id("a1"), site_id: CLOSED_SITE.id, client_name: "Ada Brook" };
const AT_NONE = { ...SESSION, id: id("a2"), site_id: id("ff"), client_name: "Cora Dale" };

async function rowOf(client: string): Promise<HTMLElement> {
  return screen.findByRole("row", { name: new RegExp(client) });
}

it("shows a session of a closed site on that site's clock, and names the site", async () => {
  show(<SessionTable sessions={[AT_CLOSED]} of="therapist" />, { sites: [SITE, CLOSED_SITE] });

  const row = await rowOf("Ada Brook");
  expect(row).toHaveTextContent("15:00 – 16:00");
  expect(row).toHaveTextContent(/Canal Street \(closed\).*\(UTC\+01:00\)/);
});

it("names the site in each row where sessions are of more than one site", async () => {
  const berlin = { ...CLOSED_SITE, is_active: true };
  show(<SessionTable sessions={[SESSION, AT_CLOSED]} of="therapist" />, { sites: [SITE, berlin] });

  expect(await rowOf("Jonas Reed")).toHaveTextContent(/Harbor Street.*\(UTC−05:00\)/);
  expect(await rowOf("Ada Brook")).toHaveTextContent(/Canal Street.*\(UTC\+01:00\)/);
});

it("names no site where all sessions are of the one that is looked at", async () => {
  show(<SessionTable sessions={[SESSION]} of="client" />, { sites: [SITE, CLOSED_SITE] });

  const table = await screen.findByRole("table");
  expect(within(table).queryByText(/Harbor Street/)).toBeNull();
});

it("says that a session's site was not found, and that the time is in UTC", async () => {
  show(<SessionTable sessions={[AT_NONE]} of="therapist" />);

  expect(await rowOf("Cora Dale")).toHaveTextContent("site not found, time in UTC");
});
