import { screen } from "@testing-library/react";
import { expect, it } from "vitest";
import { CLOSED_SITE, id, SITE } from "@/testing/samples";
import { show } from "@/testing/show";
import { NeedsSite, useFollowSite, useSite } from ".";

const SITES = [CLOSED_SITE, SITE];

function Here() {
  return <p>at {useSite().site_name}</p>;
}

function OfClosedSite() {
  useFollowSite(CLOSED_SITE.id);
  return <Here />;
}

it("shows a page of a closed site that the address names", async () => {
  show(
    <NeedsSite>
      <Here />
    </NeedsSite>,
    { sites: SITES, site: CLOSED_SITE.id },
  );

  expect(await screen.findByText("at Canal Street")).toBeVisible();
});

it("goes to the closed site of what a page shows", async () => {
  show(
    <NeedsSite>
      <OfClosedSite />
    </NeedsSite>,
    { sites: SITES },
  );

  expect(await screen.findByText("at Canal Street")).toBeVisible();
});

it("says of a site that does not exist that it is unknown, and offers those in use", async () => {
  show(
    <NeedsSite>
      <Here />
    </NeedsSite>,
    { sites: SITES, site: id("ff") },
  );

  expect(await screen.findByText("No site matches this link")).toBeVisible();
  expect(screen.getAllByRole("button").map(({ textContent }) => textContent)).toEqual(["Harbor Street"]);
});
