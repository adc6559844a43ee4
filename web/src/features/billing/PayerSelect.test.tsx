import { screen, waitFor } from "@testing-library/react";
import { HttpResponse, http } from "msw";
import { useState } from "react";
import { expect, it, vi } from "vitest";
import { CLIENT, id, PAYER } from "@/testing/samples";
import { answers, sent, server } from "@/testing/services";
import { show } from "@/testing/show";
import { AddCoverage } from "./AddCoverage";
import { PayerSelect } from "./PayerSelect";

const OTHER = { ...PAYER, id: id("9a"), payer_name: "Valley Mutual" };

/** Billing finds payers by the words of their names. */
function payers(): void {
  server.use(
    http.get(`${window.location.origin}/api/billing/payers`, ({ request }) => {
      const words = new URL(request.url).searchParams.get("q")?.toLowerCase() ?? "";
      const items = [OTHER, PAYER].filter(({ payer_name }) => payer_name.toLowerCase().includes(words));
      return HttpResponse.json({ items, next_cursor: null });
    }),
  );
  answers("get", "/api/billing/payers/{payer_id}", PAYER);
}

function Field({ onChange }: { onChange: (id: string | null) => void }) {
  const [payer, setPayer] = useState<string | null>(null);
  return (
    <PayerSelect
      label="Payer"
      value={payer}
      onChange={(chosen) => {
        setPayer(chosen);
        onChange(chosen);
      }}
    />
  );
}

it("takes the first payer that is found on Enter, also where the answer comes after the key", async () => {
  payers();
  const onChange = vi.fn();
  const user = show(<Field onChange={onChange} />);
  await user.type(await screen.findByLabelText("Payer", { selector: "input" }), "harb{Enter}");
  await waitFor(() => expect(onChange).toHaveBeenLastCalledWith(PAYER.id));
  await waitFor(() => expect(screen.getByLabelText("Payer", { selector: "input" })).toHaveValue("Harbor Health"));
});

it("keeps a text for which no payer was chosen, with what to do about it", async () => {
  payers();
  const user = show(<Field onChange={vi.fn()} />);
  const field = await screen.findByLabelText("Payer", { selector: "input" });
  await user.type(field, "harb");
  await screen.findByRole("option", { name: "Harbor Health" });
  await user.tab();
  expect(field).toHaveValue("harb");
  expect(field).toBeInvalid();
});

it("does not send the form of a plan by the Enter that chooses its payer", async () => {
  payers();
  const user = show(<AddCoverage clientId={CLIENT.id} onClose={vi.fn()} />);
  const field = await screen.findByLabelText(/^Payer/, { selector: "input" });
  await user.type(field, "harb{Enter}");
  await waitFor(() => expect(field).toHaveValue("Harbor Health"));
  expect(sent).toEqual([]);
  expect(screen.queryByText("Enter the name of the plan.")).toBeNull();
});
