import { screen } from "@testing-library/react";
import { useState } from "react";
import { expect, it, vi } from "vitest";
import { show } from "@/testing/show";
import { Form } from "./Form";
import { NumberField } from "./NumberField";

interface CountProps {
  readonly onSend: (count: number | null) => void;
  readonly begin?: number | null;
  readonly clearable?: boolean;
  /** Whether the form keeps its number while there is none. */
  readonly keeps?: boolean;
}

function Count({ onSend, begin = 8, clearable = false, keeps = false }: CountProps) {
  const [count, setCount] = useState(begin);
  return (
    <Form disabled={false} onSubmit={() => onSend(count)}>
      <NumberField
        label="Sessions"
        value={count}
        onChange={(number) => (number !== null || !keeps) && setCount(number)}
        least={2}
        most={52}
        clearable={clearable}
      />
      <button type="submit">Save</button>
    </Form>
  );
}

const save = () => screen.getByRole("button", { name: "Save" });

it.each([true, false])(
  "takes a number that begins with one that is too small (the form keeps the former: %s)",
  async (keeps) => {
    const onSend = vi.fn();
    const user = show(<Count onSend={onSend} keeps={keeps} />);
    const field = await screen.findByLabelText("Sessions");
    await user.tripleClick(field);
    await user.keyboard("12");
    expect(field).toHaveValue("12");
    await user.click(save());
    expect(onSend).toHaveBeenCalledWith(12);
  },
);

it.each(["1", "1.5", "999", "1e3", "-2", "٣"])(
  "keeps %s, says what would work once it is left, and sends nothing",
  async (text) => {
    const onSend = vi.fn();
    const user = show(<Count onSend={onSend} keeps />);
    const field = await screen.findByLabelText("Sessions");
    await user.tripleClick(field);
    await user.keyboard(text);
    expect(field).not.toHaveAccessibleDescription();
    await user.click(save());
    expect(field).toHaveValue(text);
    expect(field).toHaveAccessibleDescription("Enter a whole number from 2 to 52.");
    expect(onSend).not.toHaveBeenCalled();
  },
);

it("can be emptied only where there need be no number", async () => {
  const onSend = vi.fn();
  const user = show(<Count onSend={onSend} />);
  await user.clear(await screen.findByLabelText("Sessions"));
  await user.click(save());
  expect(screen.getByLabelText("Sessions")).toBeInvalid();
  expect(onSend).not.toHaveBeenCalled();
});

it("is empty where it may be", async () => {
  const onSend = vi.fn();
  const user = show(<Count onSend={onSend} clearable />);
  await user.clear(await screen.findByLabelText("Sessions"));
  await user.click(save());
  expect(onSend).toHaveBeenCalledWith(null);
});

it("goes up and down with the arrow keys as far as the number is taken", async () => {
  const user = show(<Count onSend={vi.fn()} begin={51} />);
  const field = await screen.findByLabelText("Sessions");
  await user.click(field);
  await user.keyboard("{ArrowUp}{ArrowUp}");
  expect(field).toHaveValue("52");
  await user.keyboard("{ArrowDown}");
  expect(field).toHaveValue("51");
});
