import { Alert, Button, Group, Stack, Text } from "@mantine/core";
import { Fragment, type ReactNode } from "react";
import { api, type PreviewRequest, type PricePreview, type Service, type Session } from "@/api";
import { inDollars } from "@/money";
import { dayOf } from "@/time";
import { focusSubmit, Loaded, Money } from "@/ui";
import { adjustmentsOf } from "./adjustments";

/** Something done besides the booked service, as it is being written down. */
export interface AddOn {
  readonly key: string;
  readonly service: Service | null;
  /** Null while what is typed is no number of units. */
  readonly units: number | null;
}

/** The service that the documented minutes fit. */
export type BilledAs = NonNullable<PricePreview["fitting_service"]>;

/** About the session, whoever is billed. */
const MISFIT = "MINUTES_CODE_MISMATCH";

/** Of a group, whose amounts are shown besides the first client's. */
const OTHERS_AT_MOST = 12;

interface Billed {
  readonly id: string;
  /** Undefined while it is still to come. */
  readonly name: string | undefined;
}

interface BillProps {
  readonly session: Session;
  readonly zone: string;
  /** As they are documented; null while they are not known. */
  readonly minutes: number | null;
  /** What is billed in place of the booked service. */
  readonly billed: BilledAs | null;
  readonly onBillAs: (service: BilledAs | null) => void;
  /** Who is billed: of a group, each. */
  readonly clients: readonly [Billed, ...Billed[]];
  readonly addOns: readonly { readonly service: Service; readonly units: number }[];
  readonly credential: string | null;
}

/** What each record will be, by the very function that makes it; where the minutes fit another code, that one is offered. */
export function Bill({ session, zone, minutes, billed, onBillAs, clients, addOns, credential }: BillProps) {
  const [first, ...others] = clients;
  const whole = {
    service_id: billed?.service_id ?? session.service_id,
    ...(minutes !== null && minutes > 0 ? { minutes } : {}),
    date: dayOf(session.starts_at, zone),
    insurance_applicable: session.insurance_applicable,
    therapist_credential: credential,
    add_ons: addOns.map(({ service, units }) => ({ service_code: service.service_code, units })),
  };
  const price = usePrice(whole, first.id);
  const fitting = price.data?.fitting_service;
  const more = others.length - OTHERS_AT_MOST;
  return (
    <Stack gap="xs" component="section" aria-label="Bill preview" aria-busy={price.isFetching}>
      <Loaded query={price}>
        {(quote) => (
          <>
            <Group justify="space-between">
              <Text fw={650}>{others.length > 0 ? `Each of ${clients.length} is billed` : "Billed"}</Text>
              <Money amount={quote.total_amount} fw={650} fz={18} />
            </Group>
            <Owes quote={quote} name={first.name} />
            {others.slice(0, OTHERS_AT_MOST).map(({ id, name }) => (
              <OtherOwes key={id} whole={whole} clientId={id} name={name} />
            ))}
            {more > 0 && (
              <Text size="sm" c="dimmed">
                {more} more by their own coverage.
              </Text>
            )}
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
            {quote.flags.map((flag) => (
              <FlagAlert key={flag.code} flag={flag} name={others.length > 0 ? first.name : undefined}>
                {flag.code === MISFIT && fitting && (
                  <Group mt={6}>
                    <Button
                      size="compact-sm"
                      variant="default"
                      onClick={(event) => {
                        focusSubmit(event.currentTarget);
                        onBillAs(fitting);
                      }}
                    >
                      Bill as {fitting.service_code}, {inDollars(fitting.rate_per_unit)}
                    </Button>
                  </Group>
                )}
              </FlagAlert>
            ))}
          </>
        )}
      </Loaded>
    </Stack>
  );
}

function usePrice(whole: PreviewRequest, client_id: string) {
  return api.useQuery(
    "post",
    "/api/billing/preview",
    { body: { ...whole, client_id } },
    { placeholderData: (before) => before },
  );
}

/** What another client of a group owes, and what is to be known of that client's bill alone. */
function OtherOwes({ whole, clientId, name }: { whole: PreviewRequest; clientId: string; name: string | undefined }) {
  const price = usePrice(whole, clientId);
  return (
    <Loaded query={price}>
      {(quote) => (
        <>
          <Owes quote={quote} name={name} />
          {quote.flags
            .filter(({ code }) => code !== MISFIT)
            .map((flag) => (
              <FlagAlert key={flag.code} flag={flag} name={name} />
            ))}
        </>
      )}
    </Loaded>
  );
}

function Owes({ quote, name }: { quote: PricePreview; name: string | undefined }) {
  return (
    <Text size="sm" c="dimmed">
      {name ?? "The client"} owes <Money amount={quote.patient_amount} />
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
  );
}

interface FlagAlertProps {
  readonly flag: PricePreview["flags"][number];
  /** Whom it is about, where several are billed. */
  readonly name: string | undefined;
  readonly children?: ReactNode;
}

function FlagAlert({ flag: { code, severity, message, suggestion }, name, children }: FlagAlertProps) {
  return (
    <Alert
      color={severity === "info" ? "gray" : "yellow"}
      p="xs"
      styles={{ message: { color: "var(--mantine-color-text)" } }}
    >
      {name && code !== MISFIT && `${name}: `}
      {message} <b>{suggestion}</b>
      {children}
    </Alert>
  );
}
