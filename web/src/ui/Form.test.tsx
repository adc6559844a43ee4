import { Select } from "@mantine/core";
import { fireEvent, screen, waitFor } from "@testing-library/react";
import { createPortal } from "react-dom";
import { expect, it, vi } from "vitest";
import { show } from "@/testing/show";
import { Form } from "./Form";

it("is sent once by a double click, and again by a click after that", async () => {
  const send = vi.fn();
  show(
    <Form disabled={false} onSubmit={send}>
      <button type="submit">
        <span>Save</span>
      </button>
    </Form>,
  );
  const label = await screen.findByText("Save");
  fireEvent.click(label, { detail: 1 });
  fireEvent.click(label, { detail: 2 });
  expect(send).toHaveBeenCalledOnce();
  fireEvent.click(label, { detail: 1 });
  expect(send).toHaveBeenCalledTimes(2);
});

it("is not sent with a form of a dialog that it has opened", async () => {
  const [outer, inner] = [vi.fn(), vi.fn()];
  const user = show(
    <Form disabled={false} onSubmit={outer}>
      {createPortal(
        <Form disabled={false} onSubmit={inner}>
          <input aria-label="Name" />
          <button type="submit">Add</button>
        </Form>,
        document.body,
      )}
    </Form>,
  );
  await user.click(await screen.findByRole("button", { name: "Add" }));
  expect(inner).toHaveBeenCalledOnce();
  expect(outer).not.toHaveBeenCalled();
});

it("is sent by Ctrl+Enter in a closed list, which stays closed", async () => {
  const [send, onOpen] = [vi.fn(), vi.fn()];
  const user = show(
    <Form disabled={false} onSubmit={send}>
      <Select label="Format" data={["In person", "Video"]} onDropdownOpen={onOpen} />
    </Form>,
  );
  (await screen.findByLabelText("Format", { selector: "input" })).focus();
  await user.keyboard("{Control>}{Enter}{/Control}");
  await waitFor(() => expect(send).toHaveBeenCalledOnce());
  expect(onOpen).not.toHaveBeenCalled();
});
