// Who of a couple or a family is billed for a session that is billed once.
import { Alert, Select, Stack, Text } from "@mantine/core";
import { type Covered, useCoverage } from "@/features/billing/Insurance";
import { useClients } from "@/features/people/names";
import type { BookingRequest } from "./bookingRequest";

interface BilledToProps {
  readonly wanted: BookingRequest;
  readonly clientId: string;
  /** What covers the client who is billed now. */
  readonly coverage: Covered;
  readonly onChange: (changes: Partial<BookingRequest>) => void;
}

/** The client who is billed, and whether another of them is insured in their place. */
export function BilledTo({ wanted, clientId, coverage, onChange }: BilledToProps) {
  const clients = useClients([clientId, ...wanted.others]);
  const everybodys = useCoverage([clientId, ...wanted.others], wanted.day);
  const insured = coverage === null && typeof everybodys === "object" && everybodys && "covered" in everybodys;
  const [billed] = clients;
  return (
    <Stack gap="xs">
      <Select
        label="Billed to"
        description="The session is billed once, to this client and their insurance."
        allowDeselect={false}
        value={clientId}
        data={clients.map(({ id, name }) => ({ value: id, label: name }))}
        onChange={(chosen) => chosen && onChange(billTo(chosen, wanted))}
      />
      {insured && (
        <Alert color="yellow" p="xs">
          <Text size="sm">
            {billed?.name} has no coverage on file for this date and pays all of it. Covered:{" "}
            {everybodys.covered.join(", ")}. <b>Choose above who is billed.</b>
          </Text>
        </Alert>
      )}
    </Stack>
  );
}

/** The booking billed to another of its clients; whether insurance is billed was chosen for the one before. */
export function billTo(chosen: string, { clientId, others }: BookingRequest): Partial<BookingRequest> {
  return chosen === clientId || clientId === null
    ? {}
    : { clientId: chosen, others: others.map((id) => (id === chosen ? clientId : id)), insurance: null };
}
