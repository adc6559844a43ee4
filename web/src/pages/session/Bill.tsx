import { Alert, Button, Group, Stack, Text } from "@mantine/core";
import { Fragment } from "react";
import { api, type PricePreview, type Service, type Session } from "@/api";
import { inDollars } from "@/money";
import { dayOf } from "@/time";
import { focusSubmit, Loaded, Money } from "@/ui";
import { adjustmentsOf } from "./adjustments";

/** Something done besides the booked service, as it is being written down. */
export interface AddOn {
  readonly key: string;
  readonly service: Service | null;
  readonly units: number;
}

/** The service that the documented minutes fit. */
export type BilledAs = NonNullable<PricePreview["fitting_service"]>;

/** About the session, whoever is billed. */
const MISFIT = "MINUTES_CODE_MISMATCH";

interface BillProps {
  readonly session: Session;
  readonly zone: string;
  /** As they are documented; null while they are not known. */
  readonly minutes: number | null;
  /** What is billed in place of the booked service. */
  readonly billed: BilledAs | null;
  readonly onBillAs: (service: BilledAs | null) => void;
  readonly clientId: string;
  /** Whose bill it is; undefined while the name is still to come. */
  readonly clientName: string | undefined;
  /** How many of a group are billed. */
  readonly count: number;
  readonly addOns: readonly { readonly service: Service; readonly units: number }[];
  readonly credential: string | null;
}

/** What the record will be, by the very function that makes it; where the minutes fit another code, that one is offered. */
export function Bill(props: BillProps) {
  const { session, zone, minutes, billed, onBillAs, clientId, clientName, count, addOns, credential } = props;
  const price = api.useQuery(
    "post",
    "/api/billing/preview",
    {
      body: {
        service_id: billed?.service_id ?? session.service_id,
        ...(minutes !== null && minutes > 0 ? { minutes } : {}),
        client_id: clientId,
        date: dayOf(session.starts_at, zone),
        insurance_applicable: session.insurance_applicable,
        therapist_credential: credential,
        add_ons: addOns.map(({ service, units }) => ({ service_code: service.service_code, units })),
      },
    },
    { placeholderData: (before) => before },
  );
  return (
    <Stack gap="xs" component="section" aria-label="Bill preview" aria-busy={price.isFetching}>
      <Loaded query={price}>
        {(quote) => (
          <>
            <Group justify="space-between">
              <Text fw={650}>{count > 1 ? `Each of ${count} is billed` : "Billed"}</Text>
              <Money amount={quote.total_amount} fw={650} fz={18} />
            </Group>
            <Text size="sm" c="dimmed">
              {clientName ?? "The client"} owes <Money amount={quote.patient_amount} />
              {quote.insurance_covered && (
                <>
                  , insurance <Money amount={quote.insurance_amount} />
                </>
              )}
              {adjustmentsOf(quote).map(([what, amount]) => (
                <Fragment key={what}>
                  , {what} <Money amount={amount} />
                </Fragment>
              ))}
              .
            </Text>
            {billed && (
              <Group gap="xs" role="status">
                <Text size="sm">
                  Billed as {billed.service_code} {billed.service_name}, booked as {session.service_code}.
                </Text>
                <Button
                  size="compact-sm"
                  variant="default"
                  onClick={(event) => {
                    focusSubmit(event.currentTarget);
                    onBillAs(null);
                  }}
                >
                  Bill as {session.service_code}
                </Button>
              </Group>
            )}
            {quote.flags.map(({ code, severity, message, suggestion }) => (
              <Alert
                key={code}
                color={severity === "info" ? "gray" : "yellow"}
                p="xs"
                styles={{ message: { color: "var(--mantine-color-text)" } }}
              >
                {count > 1 && clientName && code !== MISFIT && `${clientName}: `}
                {message} <b>{suggestion}</b>
                {code === MISFIT && quote.fitting_service && (
                  <Group mt={6}>
                    <Button
                      size="compact-sm"
                      variant="default"
                      onClick={(event) => {
                        focusSubmit(event.currentTarget);
                        onBillAs(quote.fitting_service);
                      }}
                    >
                      Bill as {quote.fitting_service.service_code}, {inDollars(quote.fitting_service.rate_per_unit)}
                    </Button>
                  </Group>
                )}
              </Alert>
            ))}
          </>
        )}
      </Loaded>
    </Stack>
  );
}
