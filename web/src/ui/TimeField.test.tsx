import { screen } from "@testing-library/react";
import { type FormEvent, useState } from "react";
import { expect, it, vi } from "vitest";
import { show } from "@/testing/show";
import { TimeField } from "./TimeField";

function Field() {
  const [time, setTime] = useState("09:00");
  return <TimeField label="Time" value={time} onChange={setTime} />;
}

it("takes over what was typed when Enter is pressed, and sends nothing", async () => {
  const send = vi.fn((event: FormEvent) => event.preventDefault());
  const user = show(
    <form onSubmit={send}>
      <Field />
      <button type="submit">Send</button>
    </form>,
  );
  const field = await screen.findByLabelText("Time");
  await user.clear(field);
  await user.type(field, "1430{Enter}");
  expect(field).toHaveValue("2:30 PM");
  await user.clear(field);
  await user.type(field, "25h{Enter}");
  expect(field).toHaveAccessibleDescription(/^Enter a time, such as/);
  expect(send).not.toHaveBeenCalled();
});

it.each([
  ["tue 3pm", /^Enter only the time, such as 3pm/],
  ["quarter past 9", /^Enter a time, such as/],
])("says of %s what would be read", async (text, words) => {
  const user = show(<Field />);
  const field = await screen.findByLabelText("Time");
  await user.clear(field);
  await user.type(field, `${text}{Enter}`);
  expect(field).toHaveAccessibleDescription(words);
});
