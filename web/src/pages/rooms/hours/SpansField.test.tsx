import { screen } from "@testing-library/react";
import { useState } from "react";
import { expect, it } from "vitest";
import { enter, show } from "@/testing/show";
import { SpansField } from "./SpansField";
import { type Span, wrongWith } from "./week";

function Monday() {
  const [spans, setSpans] = useState<Span[]>([["08:00", "18:00"]]);
  return <SpansField name="Monday" spans={spans} onChange={setSpans} error={wrongWith(spans)} />;
}

it("says of a time that cannot be read what would be, and nothing else", async () => {
  const user = show(<Monday />);
  await screen.findByRole("group", { name: "Monday" });
  await enter(user, "Monday opens, span 1", "quarter past 9");
  await user.tab();
  expect(screen.getByText(/^Enter a time, such as/)).toBeVisible();
  expect(screen.queryByText(/^Enter (a time\.|both times)/)).toBeNull();
});

it("says at its field that a time is missing", async () => {
  const user = show(<Monday />);
  const field = await screen.findByLabelText("Monday closes, span 1");
  await user.clear(field);
  await user.tab();
  expect(field).toHaveAccessibleDescription("Enter a time.");
  expect(screen.getAllByText(/^Enter /)).toHaveLength(1);
});
