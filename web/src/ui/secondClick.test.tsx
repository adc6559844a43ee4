import { Modal } from "@mantine/core";
import { screen } from "@testing-library/react";
import { useState } from "react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { show } from "@/testing/show";
import { ignoreSecondClicks } from "./secondClick";

let end: () => void;
beforeEach(() => {
  end = ignoreSecondClicks();
});
afterEach(() => end());

function Asks({ onBelow }: { onBelow: () => void }) {
  const [isOpen, setOpen] = useState(true);
  return (
    <>
      <button type="button" onClick={onBelow}>
        Below
      </button>
      {isOpen && (
        <Modal opened onClose={() => setOpen(false)} title="Move?">
          <button type="button" onClick={() => setOpen(false)}>
            Move here
          </button>
        </Modal>
      )}
    </>
  );
}

async function closed() {
  const onBelow = vi.fn();
  const user = show(<Asks onBelow={onBelow} />);
  const clickAt = (name: string, x: number) =>
    user.pointer({
      keys: "[MouseLeft]",
      target: screen.getByRole("button", { name }),
      coords: { clientX: x, clientY: 80 },
    });
  await screen.findByRole("button", { name: "Move here" });
  await clickAt("Move here", 100);
  expect(screen.queryByRole("dialog")).toBeNull();
  return { onBelow, clickAt };
}

describe("a double click on a button that closes its dialog", () => {
  it("does not reach with its second click what lies below the dialog", async () => {
    const { onBelow, clickAt } = await closed();
    await clickAt("Below", 102);
    expect(onBelow).not.toHaveBeenCalled();
  });

  it("does not keep a click elsewhere back", async () => {
    const { onBelow, clickAt } = await closed();
    await clickAt("Below", 300);
    expect(onBelow).toHaveBeenCalledOnce();
  });
});
