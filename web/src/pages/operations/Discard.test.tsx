import { screen, within } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";
import { show } from "@/testing/show";
import { Discard } from "./Discard";
import type { Parked } from "./services";

const ITEMS = [{ id: "m1" }] as unknown as Parked[];

describe("Discard", () => {
  it("asks for a reason before anything is thrown away, and hands it over", async () => {
    const onDiscard = vi.fn(async () => undefined);
    const user = show(<Discard items={ITEMS} onClose={() => undefined} onDiscard={onDiscard} />);
    const dialog = await screen.findByRole("dialog", { name: "Discard the message?" });
    const discard = within(dialog).getByRole("button", { name: "Discard" });
    await user.click(discard);
    expect(within(dialog).getByText("Choose a reason. It is logged.")).toBeVisible();
    expect(onDiscard).not.toHaveBeenCalled();
    await user.click(within(dialog).getByLabelText("Duplicate"));
    await user.click(discard);
    expect(onDiscard).toHaveBeenCalledExactlyOnceWith("duplicate");
  });

  it("stays open with a refusal, and closes without discarding", async () => {
    const onClose = vi.fn();
    const refused = vi.fn(async () => {
      throw new Error("The message was discarded by somebody else.");
    });
    const user = show(<Discard items={ITEMS} onClose={onClose} onDiscard={refused} />);
    const dialog = await screen.findByRole("dialog");
    await user.click(within(dialog).getByLabelText("Unreadable"));
    await user.click(within(dialog).getByRole("button", { name: "Discard" }));
    expect(await within(dialog).findByText("The message was discarded by somebody else.")).toBeVisible();
    await user.click(within(dialog).getByRole("button", { name: "Cancel" }));
    expect(onClose).toHaveBeenCalledOnce();
  });
});
