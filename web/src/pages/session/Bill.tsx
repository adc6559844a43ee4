import { Alert, Group, Stack, Text } from "@mantine/core";
import { api, type Service, type Session } from "@/api";
import { Money, Shown } from "@/parts";
import { dayOf } from "@/time";

/** Something done besides the booked service, as it is being written down. */
export interface AddOn {
  readonly key: string;
  readonly serviceId: string | null;
  readonly units: number;
}

interface BillProps {
  readonly session: Session;
  readonly zone: string;
  readonly clientId: string;
  /** How many of a group are billed. */
  readonly count: number;
  readonly addOns: readonly AddOn[];
  readonly services: readonly Service[];
  readonly credential: string | null;
}

/** What the record will say, by the very function that makes it. */
export function Bill({ session, zone, clientId, count, addOns, services, credential }: BillProps) {
  const price = api.useQuery(
    "post",
    "/api/billing/preview",
    {
      body: {
        service_id: session.service_id,
        client_id: clientId,
        date: dayOf(session.starts_at, zone),
        insurance_applicable: session.insurance_applicable,
        therapist_credential: credential,
        add_ons: addOns.map(({ serviceId, units }) => ({
          service_code: services.find(({ id }) => id === serviceId)?.service_code ?? "",
          units,
        })),
      },
    },
    { placeholderData: (before) => before },
  );
  return (
    <Stack gap="xs" component="section" aria-label="Bill preview" aria-busy={price.isFetching}>
      <Shown query={price}>
        {(quote) => (
          <>
            <Group justify="space-between">
              <Text fw={650}>{count > 1 ? `Each of ${count} is billed` : "Billed"}</Text>
              <Money amount={quote.total_amount} fw={650} fz={18} />
            </Group>
            <Text size="sm" c="dimmed">
              The client owes <Money amount={quote.patient_amount} />
              {quote.insurance_covered && (
                <>
                  , insurance <Money amount={quote.insurance_amount} />
                </>
              )}
              .
            </Text>
            {quote.flags.map(({ code, severity, message, suggestion }) => (
              <Alert
                key={code}
                color={severity === "info" ? "gray" : "yellow"}
                p="xs"
                styles={{ message: { color: "var(--mantine-color-text)" } }}
              >
                {message} <b>{suggestion}</b>
              </Alert>
            ))}
          </>
        )}
      </Shown>
    </Stack>
  );
}
