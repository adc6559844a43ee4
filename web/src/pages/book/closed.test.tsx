import { screen } from "@testing-library/react";
import { expect, it } from "vitest";
import { NeedsSite } from "@/features/site";
import { CLOSED_SITE, SITE } from "@/testing/samples";
import { answers } from "@/testing/services";
import { show } from "@/testing/show";
import { Component as Book } from ".";

it("offers no booking at a closed site, but at those in use", async () => {
  answers("get", "/api/scheduling/clients", { items: [], next_cursor: null });
  answers("get", "/api/scheduling/therapists", { items: [], next_cursor: null });
  answers("get", "/api/catalog/services", { items: [], next_cursor: null });
  answers("get", "/api/rooms/rooms", { items: [], next_cursor: null });
  const user = show(
    <NeedsSite>
      <Book />
    </NeedsSite>,
    { at: "/book", sites: [CLOSED_SITE, SITE], site: CLOSED_SITE.id },
  );

  expect(await screen.findByText("Canal Street is closed")).toBeVisible();
  expect(screen.queryByLabelText(/Client/)).toBeNull();
  await user.click(screen.getByRole("button", { name: "Harbor Street" }));
  expect(window.location.search).toContain(SITE.id);
});
