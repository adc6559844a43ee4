import { screen } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { provesItself } from "@/testing/dialogs";
import { CLIENT } from "@/testing/samples";
import { sent } from "@/testing/services";
import { enter, show } from "@/testing/show";
import { ClientForm } from "./ClientForm";

describe("ClientForm", () => {
  provesItself({
    dialog: (onClose) => <ClientForm name="" onClose={onClose} onDone={onClose} />,
    title: "Add a client",
    lacks: ["Enter a name."],
    fill: async (user) => {
      await enter(user, /Name/, " Ana Lima ");
      await enter(user, /E-mail/, "mailto:ana@example.org");
      await enter(user, /Phone/, "Tel. +1 207 555 0135");
    },
    submit: "Save",
    request: ["post", "/api/scheduling/clients"],
    body: {
      full_name: "Ana Lima",
      email: "ana@example.org",
      phone: "+1 207 555 0135",
      time_zone: "America/New_York",
    },
    answer: CLIENT,
    refused: ["phone", /Phone/],
  });

  it("leaves the domain of an address as it is written: a field of type email would make it ASCII", async () => {
    show(<ClientForm name="Ana Lima" onClose={() => undefined} onDone={() => undefined} />);
    await screen.findByRole("dialog");
    expect(screen.getByLabelText("E-mail")).toHaveProperty("type", "text");
  });

  it("names an address that is none as soon as its field is left, and sends nothing", async () => {
    const user = show(<ClientForm name="Ana Lima" onClose={() => undefined} onDone={() => undefined} />);
    await screen.findByRole("dialog");
    await enter(user, /E-mail/, "ana at example.org");
    await user.tab();
    expect(screen.getByLabelText(/E-mail/)).toBeInvalid();
    await user.click(screen.getByRole("button", { name: "Save" }));
    expect(sent).toEqual([]);
  });
});
