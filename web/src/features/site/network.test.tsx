import { screen } from "@testing-library/react";
import { delay, HttpResponse, http } from "msw";
import { expect, it } from "vitest";
import { NETWORK } from "@/testing/samples";
import { answers, server } from "@/testing/services";
import { show } from "@/testing/show";
import { NeedsNetwork } from ".";

const LATE = { type: "/problems/service-late", title: "Service late", status: 504, service: "billing", detail: "" };

it("says at the first failure that billing does not answer, and shows the page when it does", async () => {
  const user = show(
    <NeedsNetwork>
      <p>Records</p>
    </NeedsNetwork>,
  );
  const network = `${window.location.origin}/api/billing/network`;
  server.use(
    http.get(network, () => HttpResponse.json(LATE, { status: LATE.status }), { once: true }),
    http.get(network, () => delay("infinite")),
  );
  expect(await screen.findByText("Billing takes too long to answer")).toBeVisible();
  answers("get", "/api/billing/network", NETWORK);
  await user.click(screen.getByRole("button", { name: "Try again" }));
  expect(await screen.findByText("Records")).toBeVisible();
});
