import { screen, waitFor } from "@testing-library/react";
import { HttpResponse, http } from "msw";
import { expect, it, vi } from "vitest";
import { id, SERVICE } from "@/testing/samples";
import { answers, refuses, server } from "@/testing/services";
import { show } from "@/testing/show";
import { ServiceCodes, ServiceSelect } from "./ServiceSelect";

const LONGER = { ...SERVICE, id: id("5c"), service_code: "90834+90837", service_name: "Two sessions" };
const WHOLE = { ...SERVICE, id: id("5d"), service_code: "90837", service_name: "Psychotherapy, 60 minutes" };
const AWAY = { type: "/problems/service-unreachable", status: 502, service: "catalog" };

it("has the service whose whole code is typed first, also before the catalog has answered", async () => {
  server.use(
    http.get(`${window.location.origin}/api/catalog/services`, ({ request }) =>
      new URL(request.url).searchParams.has("q")
        ? new Promise<never>(() => undefined)
        : HttpResponse.json({ items: [LONGER, WHOLE], next_cursor: null }),
    ),
  );
  const user = show(<ServiceSelect label="Service" value={null} onChange={() => undefined} />);
  const field = await screen.findByLabelText("Service", { selector: "input" });
  await user.click(field);
  await screen.findByRole("option", { name: /Two sessions/ });
  await user.type(field, "90837");
  const options = screen.getAllByRole("option").map(({ textContent }) => textContent);
  expect(options.map((text) => text?.includes("60 minutes"))).toEqual([true, false]);
});

it("says that the catalog does not answer, and finds services when somebody tries again", async () => {
  refuses("get", "/api/catalog/services", AWAY);
  const onChange = vi.fn();
  const user = show(<ServiceSelect label="Service" value={null} onChange={onChange} />);
  await user.click(await screen.findByLabelText("Service", { selector: "input" }));
  const failure = await screen.findByRole("option", { name: /^Catalog cannot be reached now.*Try again$/ });
  expect(screen.queryByText("Searching…")).toBeNull();
  answers("get", "/api/catalog/services", { items: [SERVICE], next_cursor: null });
  await user.click(failure);
  expect(await screen.findByRole("option", { name: /90837/ })).toBeVisible();
  expect(screen.queryByText(/cannot be reached/)).toBeNull();
  expect(onChange).not.toHaveBeenCalled();
});

it("tries again when its list is opened again", async () => {
  refuses("get", "/api/catalog/services", AWAY);
  const user = show(<ServiceSelect label="Service" value={null} onChange={() => undefined} />);
  const field = await screen.findByLabelText("Service", { selector: "input" });
  await user.click(field);
  await screen.findByRole("option", { name: /Try again$/ });
  await user.keyboard("{Escape}");
  answers("get", "/api/catalog/services", { items: [SERVICE], next_cursor: null });
  await user.click(field);
  expect(await screen.findByRole("option", { name: /90837/ }, { timeout: 2_000 })).toBeVisible();
});

it("finds services by itself once the catalog answers again, while its list is open", async () => {
  refuses("get", "/api/catalog/services", AWAY);
  const user = show(<ServiceSelect label="Service" value={null} onChange={() => undefined} />);
  await user.click(await screen.findByLabelText("Service", { selector: "input" }));
  await screen.findByRole("option", { name: /Try again$/ });
  answers("get", "/api/catalog/services", { items: [SERVICE], next_cursor: null });
  expect(await screen.findByRole("option", { name: /90837/ })).toBeVisible();
});

it("takes what Enter was pressed for once the catalog answers again", async () => {
  refuses("get", "/api/catalog/services", AWAY);
  const onChange = vi.fn();
  const user = show(<ServiceSelect label="Service" value={null} onChange={onChange} />);
  await user.type(await screen.findByLabelText("Service", { selector: "input" }), "90837");
  await screen.findByRole("option", { name: /Try again$/ });
  await user.keyboard("{Enter}");
  answers("get", "/api/catalog/services", { items: [SERVICE], next_cursor: null });
  await waitFor(() => expect(onChange).toHaveBeenCalledExactlyOnceWith(SERVICE.id, SERVICE));
});

it("says beneath a field that was left that the catalog does not answer", async () => {
  refuses("get", "/api/catalog/services", AWAY);
  const user = show(<ServiceSelect label="Service" value={null} onChange={() => undefined} />);
  const field = await screen.findByLabelText("Service", { selector: "input" });
  await user.type(field, "90837");
  await screen.findByRole("option", { name: /Try again$/ });
  await user.tab();
  expect(field).toHaveAccessibleDescription(/^Nothing is chosen yet. Catalog cannot be reached now.$/);
});

it("says that the catalog does not answer where several services are chosen, and tries again", async () => {
  refuses("get", "/api/catalog/services", AWAY);
  const onChange = vi.fn();
  const user = show(<ServiceCodes label="Add-ons" value={[]} onChange={onChange} />);
  await user.click(await screen.findByLabelText("Add-ons", { selector: "input" }));
  const failure = await screen.findByRole("option", { name: /^Catalog cannot be reached now.*Try again$/ });
  answers("get", "/api/catalog/services", { items: [SERVICE], next_cursor: null });
  await user.click(failure);
  expect(await screen.findByRole("option", { name: /90837/ })).toBeVisible();
  expect(onChange).not.toHaveBeenCalled();
});
