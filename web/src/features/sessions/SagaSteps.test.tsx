import { screen } from "@testing-library/react";
import { expect, it } from "vitest";
import { CLIENT, SITE } from "@/testing/samples";
import { answers } from "@/testing/services";
import { show } from "@/testing/show";
import { SagaSteps } from "./SagaSteps";

it("names who left a group", async () => {
  answers("get", "/api/scheduling/clients", { items: [CLIENT], next_cursor: null });
  const step = { at: "2026-03-02T14:00:00Z", message_id: null, elapsed_ms: 0 };
  show(
    <SagaSteps
      steps={[
        { ...step, event: "requested", detail: "a room is requested", client_ids: [] },
        { ...step, event: "client left", detail: "6 stay", client_ids: [CLIENT.id] },
      ]}
      zone={SITE.time_zone}
    />,
  );
  expect(await screen.findByText("Jonas Reed: 6 stay")).toBeVisible();
  expect(screen.getByText("a room is requested")).toBeVisible();
});
