import { screen } from "@testing-library/react";
import { expect, it } from "vitest";
import { CLOSED_SITE, SITE } from "@/testing/samples";
import { show } from "@/testing/show";
import { SiteSwitcher } from "./SiteSwitcher";

it("offers closed sites last in the switch, and marks them", async () => {
  const user = show(<SiteSwitcher />, { sites: [CLOSED_SITE, SITE] });

  await user.click(await screen.findByLabelText("Site", { selector: "input" }));
  const options = await screen.findAllByRole("option");
  expect(options.map(({ textContent }) => textContent)).toEqual(["Harbor Street", "Canal Street (closed)"]);
  await user.click(options[1] as HTMLElement);
  expect(screen.getByLabelText("Site", { selector: "input" })).toHaveValue("Canal Street (closed)");
});
