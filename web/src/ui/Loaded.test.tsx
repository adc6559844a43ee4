import { screen, waitFor } from "@testing-library/react";
import { HttpResponse, http } from "msw";
import { expect, it } from "vitest";
import { api } from "@/api";
import { SERVICE } from "@/testing/samples";
import { server } from "@/testing/services";
import { show } from "@/testing/show";
import { Loaded } from "./Loaded";

const AWAY = { type: "/problems/service-unreachable", title: "", status: 502, detail: "", service: "catalog" };
/** A request is repeated three times before it is left until the next interval. */
const AT_ONCE = 4;
const BY_ITSELF = { timeout: 20_000 };

function Services() {
  const query = api.useQuery("get", "/api/catalog/services");
  return <Loaded query={query}>{({ items }) => items.map(({ service_name }) => service_name)}</Loaded>;
}

it("is there by itself once its service answers again, and states until then what is wrong", async () => {
  let requests = 0;
  server.use(
    http.get(`${window.location.origin}/api/catalog/services`, () => {
      requests += 1;
      return requests <= AT_ONCE + 1
        ? HttpResponse.json(AWAY, { status: AWAY.status })
        : HttpResponse.json({ items: [SERVICE], next_cursor: null });
    }),
  );
  show(<Services />);
  const notice = await screen.findByRole("alert");
  expect(notice).toHaveTextContent("Catalog cannot be reached now");
  await waitFor(() => expect(requests).toBeGreaterThan(AT_ONCE), BY_ITSELF);
  expect(notice).toBeInTheDocument();
  expect(await screen.findByText(SERVICE.service_name, {}, BY_ITSELF)).toBeVisible();
  expect(notice).not.toBeInTheDocument();
});
