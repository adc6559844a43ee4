import { screen } from "@testing-library/react";
import { type FormEvent, useState } from "react";
import { afterEach, describe, expect, it, vi } from "vitest";
import { show } from "@/testing/show";
import type { Day } from "@/time";
import { DayField } from "./DayField";

function Field() {
  const [day, setDay] = useState<Day | null>("2026-11-29");
  return <DayField label="Day" near="recent" value={day} onChange={setDay} />;
}

describe("DayField", () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  async function typed(text: string) {
    vi.useFakeTimers({ now: Date.UTC(2026, 10, 29, 17), toFake: ["Date"] });
    const user = show(<Field />);
    const field = await screen.findByLabelText("Day", { selector: "input" });
    await user.clear(field);
    await user.type(field, text);
    return { user, field };
  }

  it("is emptied by a button with a name", async () => {
    const onChange = vi.fn();
    const user = show(<DayField label="Day" value="2026-11-29" onChange={onChange} clearable />);
    await user.click(await screen.findByRole("button", { name: "Clear the day" }));
    expect(onChange).toHaveBeenCalledWith(null);
  });

  it("says which year was taken while it is not this one", async () => {
    const { user, field } = await typed("1/5");
    expect(field).toHaveAccessibleDescription("in 2027");
    await user.clear(field);
    await user.type(field, "1/5/2027");
    expect(field).not.toHaveAccessibleDescription("in 2027");
  });

  it("says which day a relative one is before it is taken over", async () => {
    const { user, field } = await typed("next friday");
    expect(field).toHaveAccessibleDescription("Fri, Dec 4, 2026");
    await user.clear(field);
    await user.type(field, "in 2 weeks");
    expect(field).toHaveAccessibleDescription("Sun, Dec 13, 2026");
    await user.tab();
    expect(field).not.toHaveAccessibleDescription();
  });

  it("takes a day of the last weeks rather than one of next year", async () => {
    const { user, field } = await typed("11/28");
    await user.tab();
    expect(field).toHaveValue("Sat, Nov 28, 2026");
  });

  it("takes over what was typed when Enter is pressed, and sends nothing", async () => {
    vi.useFakeTimers({ now: Date.UTC(2026, 10, 29, 17), toFake: ["Date"] });
    const send = vi.fn((event: FormEvent) => event.preventDefault());
    const user = show(
      <form onSubmit={send}>
        <Field />
        <button type="submit">Send</button>
      </form>,
    );
    const field = await screen.findByLabelText("Day", { selector: "input" });
    await user.clear(field);
    await user.type(field, "11/28{Enter}");
    expect(field).toHaveValue("Sat, Nov 28, 2026");
    await user.clear(field);
    await user.type(field, "2/30{Enter}");
    expect(field).toHaveAccessibleDescription(/^There is no such day/);
    expect(send).not.toHaveBeenCalled();
  });

  it("says that a month does not have such a day", async () => {
    const { user, field } = await typed("2/30");
    await user.tab();
    expect(field).toHaveAccessibleDescription(/^There is no such day\. Enter a day, such as 12\/31/);
  });
});
