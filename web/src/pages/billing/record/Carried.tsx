import { Alert, List, Text } from "@mantine/core";
import type { components } from "@/api/billing";
import { inDollars } from "@/money";
import { POSTINGS, type Posting } from "../labels";

const GIVEN_OFF: readonly string[] = ["discount", "bad_debt"];

/** What becomes of adjustments, write-offs and the insurer's answer when a record is replaced; nothing where there are none. */
export function Carried({ ledger }: { readonly ledger: components["schemas"]["LedgerView"] }) {
  const reversed = new Set(ledger.items.map(({ reverses_id }) => reverses_id));
  const given = ledger.items.filter((posting) => givenOff(posting) !== undefined && !reversed.has(posting.id));
  const isAnswered = ledger.items.some(
    ({ kind, payer, entries }) =>
      payer === "insurer" && (kind === "transfer" || (kind === "adjustment" && entries.length > 0)),
  );
  return (
    <>
      {given.length > 0 && (
        <Alert variant="light" title="Kept as far as it is owed on the new record">
          <List size="sm">
            {given.map((posting) => (
              <List.Item key={posting.id}>
                {POSTINGS[posting.kind]} of {inDollars(givenOff(posting) ?? "0.00")}
                {posting.reason && ` (${posting.reason})`}
              </List.Item>
            ))}
          </List>
        </Alert>
      )}
      {isAnswered && (
        <Alert variant="light" color="yellow" title="The insurer's answer is not kept">
          <Text size="sm">
            The new record is priced from the coverage. What the insurer decided counts again once it answers the
            corrected claim.
          </Text>
        </Alert>
      )}
    </>
  );
}

/** How much a posting gave off or gave up; undefined for every other posting. */
function givenOff({ kind, entries }: Posting): string | undefined {
  return kind === "adjustment" || kind === "write_off"
    ? entries.find(({ account, amount }) => GIVEN_OFF.includes(account) && !amount.startsWith("-"))?.amount
    : undefined;
}
