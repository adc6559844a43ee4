import { Button, Menu } from "@mantine/core";
import { IconCash, IconChevronDown } from "@tabler/icons-react";
import { useState } from "react";
import type { BillingRecord } from "@/api";
import { cents, isNothing } from "@/money";
import { useAddress } from "@/ui";
import { StepForm } from "./StepForm";
import { STEPS, type StepName } from "./steps";

/** What can be done with a record's money now; the address names the step that is open, so that other pages lead to it. */
export function Steps({ record }: { record: BillingRecord }) {
  const [query, put] = useAddress();
  const isVoid = record.payment_status === "voided";
  const hasCredit = !isNothing(record.unapplied_credit);
  const isOwed = cents(record.balance) > 0n;
  const possible: readonly StepName[] = isVoid
    ? hasCredit
      ? ["refund", "credit"]
      : []
    : [
        ...(isOwed ? (["adjustment", "writeOff"] as const) : []),
        ...(hasCredit ? (["refund", "credit"] as const) : []),
        ...(record.kind === "session" ? (["replacement"] as const) : []),
        "void",
      ];
  const wanted = query.get("step");
  const requested = wanted === "payment" ? !isVoid && wanted : possible.find((name) => name === wanted);
  // A form that is open stays with what was typed, also where somebody else has made its step impossible meanwhile.
  const [open, setOpen] = useState<StepName | null>(requested || null);
  if (requested && requested !== open) {
    setOpen(requested);
  }
  const shown = requested || (wanted === open ? open : null);
  const request = (name: StepName | null) => put({ step: name });
  return (
    <>
      {possible.length > 0 && (
        <Menu position="bottom-end" withinPortal>
          <Menu.Target>
            <Button variant="default" rightSection={<IconChevronDown size={16} aria-hidden />}>
              More
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            {possible.map((name) => (
              <Menu.Item key={name} onClick={() => request(name)}>
                {STEPS[name].name}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      )}
      {!isVoid && (
        <Button onClick={() => request("payment")} leftSection={<IconCash size={17} aria-hidden />}>
          Record a payment
        </Button>
      )}
      {shown && <StepForm key={shown} name={shown} record={record} onClose={() => request(null)} />}
    </>
  );
}
