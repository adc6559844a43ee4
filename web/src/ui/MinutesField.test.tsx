import { screen } from "@testing-library/react";
import { useState } from "react";
import { expect, it, vi } from "vitest";
import { show } from "@/testing/show";
import { Form } from "./Form";
import { MinutesField } from "./MinutesField";

function Duration({ onSend }: { onSend: (minutes: number | null) => void }) {
  const [minutes, setMinutes] = useState<number | null>(50);
  return (
    <Form disabled={false} onSubmit={() => onSend(minutes)}>
      <MinutesField label="Duration" value={minutes} onChange={setMinutes} most={600} />
      <button type="submit">Save</button>
    </Form>
  );
}

it.each([
  ["1h30", "90 min"],
  ["1:15", "75 min"],
  ["1.5 h", "90 min"],
  ["45", "45 min"],
])("takes %s for %s", async (text, shown) => {
  const onSend = vi.fn();
  const user = show(<Duration onSend={onSend} />);
  const field = await screen.findByLabelText("Duration");
  await user.clear(field);
  await user.type(field, text);
  await user.tab();
  expect(field).toHaveValue(shown);
  await user.click(screen.getByRole("button", { name: "Save" }));
  expect(onSend).toHaveBeenCalledWith(Number.parseInt(shown, 10));
});

it.each([
  ["1,5", "Enter minutes or hours, such as 90 or 1 h 30 min."],
  ["700", "Enter at most 10 h."],
])("keeps %s, says what would work, and sends nothing", async (text, words) => {
  const onSend = vi.fn();
  const user = show(<Duration onSend={onSend} />);
  const field = await screen.findByLabelText("Duration");
  await user.clear(field);
  await user.type(field, `${text}{Enter}`);
  expect(await screen.findByText(words)).toBeVisible();
  expect(field).toHaveValue(text);
  expect(onSend).not.toHaveBeenCalled();
});
