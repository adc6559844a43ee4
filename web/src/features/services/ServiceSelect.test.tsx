import { screen } from "@testing-library/react";
import { HttpResponse, http } from "msw";
import { expect, it } from "vitest";
import { id, SERVICE } from "@/testing/samples";
import { server } from "@/testing/services";
import { show } from "@/testing/show";
import { ServiceSelect } from "./ServiceSelect";

const LONGER = { ...SERVICE, id: id("5c"), service_code: "90834+90837", service_name: "Two sessions" };
const WHOLE = { ...SERVICE, id: id("5d"), service_code: "90837", service_name: "Psychotherapy, 60 minutes" };

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
