import { screen } from "@testing-library/react";
import { useState } from "react";
import { expect, it, vi } from "vitest";
import { show } from "@/testing/show";
import { Form } from "./Form";
import { SearchSelect } from "./SearchSelect";

function Searching({ onSubmit }: { onSubmit: () => void }) {
  const [typed, setTyped] = useState("");
  return (
    <Form disabled={false} onSubmit={onSubmit}>
      <SearchSelect
        label="Client"
        value={null}
        onChange={vi.fn()}
        typed={typed}
        onType={setTyped}
        found={[]}
        chosen={null}
        isSettled={false}
      />
      <button type="submit">Save</button>
    </Form>
  );
}

it("says that nothing is sent while the first match is still looked up", async () => {
  const onSubmit = vi.fn();
  const user = show(<Searching onSubmit={onSubmit} />);
  await user.type(await screen.findByRole("combobox", { name: "Client" }), "Jonas{Enter}");
  expect(screen.queryByText(/still being looked up/)).toBeNull();
  await user.click(screen.getByRole("button", { name: "Save" }));
  expect(await screen.findByText("Not sent: this is still being looked up.")).toBeVisible();
  expect(screen.getByRole("combobox", { name: "Client" })).toHaveFocus();
  expect(onSubmit).not.toHaveBeenCalled();
});
