import { Modal } from "@mantine/core";
import { QueryClient, QueryClientProvider, useMutation } from "@tanstack/react-query";
import { fireEvent, screen } from "@testing-library/react";
import { useState } from "react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { show } from "@/testing/show";
import { ignoreSecondClicks } from "./secondClick";

const queries = new QueryClient();
let end: () => void;
beforeEach(() => {
  end = ignoreSecondClicks(queries);
});
afterEach(() => end());

function Confirms({ onBelow }: { onBelow: () => void }) {
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
  const user = show(<Confirms onBelow={onBelow} />);
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

function Sends({ send }: { send: () => Promise<void> }) {
  const [answers, setAnswers] = useState(0);
  const post = useMutation({ mutationFn: send, onSuccess: () => setAnswers((before) => before + 1) });
  return (
    <button type="button" onClick={() => post.mutate()}>
      Posted {answers}
    </button>
  );
}

describe("a double click on a button that sends a change", () => {
  it("sends it once, even when the answer comes before the second click, and a click elsewhere sends again", async () => {
    const send = vi.fn(async () => undefined);
    const user = show(
      <QueryClientProvider client={queries}>
        <Sends send={send} />
      </QueryClientProvider>,
    );
    const clickAt = async (name: string, x: number) =>
      user.pointer({
        keys: "[MouseLeft]",
        target: await screen.findByRole("button", { name }),
        coords: { clientX: x, clientY: 80 },
      });
    await clickAt("Posted 0", 100);
    await clickAt("Posted 1", 101);
    expect(send).toHaveBeenCalledOnce();
    await clickAt("Posted 1", 140);
    expect(send).toHaveBeenCalledTimes(2);
  });

  it("sends again at the same place where something was typed in between", async () => {
    const send = vi.fn(async () => undefined);
    const user = show(
      <QueryClientProvider client={queries}>
        <input aria-label="Reason" />
        <Sends send={send} />
      </QueryClientProvider>,
    );
    const click = async (name: string) =>
      user.pointer({
        keys: "[MouseLeft]",
        target: await screen.findByRole("button", { name }),
        coords: { clientX: 100, clientY: 80 },
      });
    await click("Posted 0");
    fireEvent.input(screen.getByRole("textbox", { name: "Reason" }), { target: { value: "typed" } });
    await click("Posted 1");
    expect(send).toHaveBeenCalledTimes(2);
  });
});
