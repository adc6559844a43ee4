// One remittance: the insurer's answer to each claim, what that did, and why a parked one is parked.
import { Anchor, Button, Group, List, Stack, Text } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { useEffect } from "react";
import { Link, useParams } from "react-router";
import { api } from "@/api";
import type { components } from "@/api/billing";
import { byWhom } from "@/features/people/names";
import { ClientName } from "@/features/people/PersonName";
import { useNetworkZone } from "@/features/site";
import { dayInWords, momentInWords } from "@/time";
import { Facts, Loaded, Money, Page, Panel, Tag, type Tone, useAt } from "@/ui";
import { BillingPlaces } from "../../BillingPlaces";
import { POSTINGS, REMITTANCES } from "../../labels";
import { Assign } from "./Assign";
import { Parked } from "./Parked";

type Answer = components["schemas"]["ClaimPaymentView"];

const OUTCOMES: Readonly<Record<string, readonly [name: string, tone: Tone]>> = {
  paid: ["paid", "good"],
  denied: ["denied", "bad"],
  reversed: ["reversed", "attention"],
  credited: ["credited", "attention"],
  left_out: ["skipped", "over"],
  assigned: ["assigned to a record", "good"],
};

export function Component() {
  const { remittanceId = "" } = useParams();
  const zone = useNetworkZone();
  const query = api.useInfiniteQuery(
    "get",
    "/api/billing/remittances/{remittance_id}",
    { params: { path: { remittance_id: remittanceId } } },
    {
      // The client leaves out what is null; undefined would become a number.
      initialPageParam: null,
      pageParamName: "cursor",
      getNextPageParam: ({ next_cursor }) => next_cursor ?? null,
    },
  );
  const { data, hasNextPage, isFetchingNextPage, fetchNextPage } = query;
  const [first] = data?.pages ?? [];
  const found = first && { ...first, claims: data?.pages.flatMap(({ claims }) => claims) ?? [] };
  // What is to be decided of a parked one may be about any of its claims.
  const needsAll = found !== undefined && found.status !== "posted";
  useEffect(() => {
    if (needsAll && hasNextPage && !isFetchingNextPage) {
      void fetchNextPage();
    }
  }, [needsAll, hasNextPage, isFetchingNextPage, fetchNextPage]);
  return (
    <Page
      title={`Remittance ${found?.trace_number ?? ""}`.trim()}
      about={found?.payer_name}
      actions={
        <Button
          component="a"
          href={`/api/billing/remittances/${remittanceId}/835`}
          download={`${found?.trace_number ?? "remittance"}.835`}
          variant="default"
          leftSection={<IconDownload size={17} aria-hidden />}
        >
          835 file
        </Button>
      }
    >
      <BillingPlaces />
      <Loaded
        query={{ ...query, data: found }}
        named={{ kind: "remittance", all: "All remittances", path: "/billing/remittances" }}
      >
        {(found) => (
          <>
            {found.status !== "posted" && <Parked remittance={found} />}
            <Panel title="The payment">
              <Facts
                facts={[
                  [
                    "Status",
                    <Tag key="status" tone={REMITTANCES[found.status][1]}>
                      {REMITTANCES[found.status][0]}
                    </Tag>,
                  ],
                  ["Payment amount", found.amount && <Money amount={found.amount} fw={700} />],
                  ["Paid for claims", found.amount && <Money amount={found.paid_for_claims} />],
                  ["Paid on", found.payment_date && dayInWords(found.payment_date)],
                  ["Method", found.method],
                  [
                    "Discarded",
                    found.discarded_at &&
                      `${momentInWords(found.discarded_at, zone)}${byWhom(found.discarded_by ?? "")}: ${found.discard_reason}`,
                  ],
                  ["Received", `${momentInWords(found.received_at, zone)}${byWhom(found.received_by)}`],
                ]}
              />
              {found.provider_adjustments.map((one) => (
                <Text key={`${one.reason} ${one.reference}`} size="sm">
                  {one.meaning ?? one.reason}: <Money amount={one.amount.replace("-", "")} />{" "}
                  {one.amount.startsWith("-") ? "added to" : "taken from"} the payment (not for a claim)
                </Text>
              ))}
            </Panel>
            {found.claims.map((answer) => (
              <AnswerPanel
                key={answer.position}
                remittanceId={found.id}
                payer={found.payer_name}
                isPosted={found.status === "posted"}
                answer={answer}
              />
            ))}
            {hasNextPage && (
              <Button variant="default" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
                Show more claims
              </Button>
            )}
          </>
        )}
      </Loaded>
    </Page>
  );
}

interface AnswerProps {
  readonly remittanceId: string;
  readonly payer: string | null;
  readonly isPosted: boolean;
  readonly answer: Answer;
}

function AnswerPanel({ remittanceId, payer, isPosted, answer }: AnswerProps) {
  const at = useAt();
  const [words, tone] = OUTCOMES[answer.outcome] ?? [answer.outcome.replaceAll("_", " "), "plain" as const];
  const recordId = answer.assigned_record_id ?? answer.record_id;
  // Once it is assigned, the payment shows where the money is.
  const postings = answer.postings.filter(({ kind }) => kind !== "unassigned" || answer.outcome !== "assigned");
  const reasons = [...answer.adjustments, ...answer.lines.flatMap(({ adjustments }) => adjustments)];
  return (
    <Panel
      title={`Claim ${answer.control_number}`}
      about={
        <Group gap={8}>
          <Tag tone={tone}>{words}</Tag>
          {answer.status_meaning !== words && answer.status_meaning}
        </Group>
      }
      actions={
        recordId && (
          <Anchor component={Link} to={at(`/billing/records/${recordId}`)} size="sm">
            Open the record
          </Anchor>
        )
      }
    >
      <Stack gap="xs">
        <Facts
          facts={[
            ["Posted to claim", answer.claim_number !== answer.control_number && answer.claim_number],
            [
              "Client",
              answer.client_id && (
                <Anchor component={Link} to={at(`/billing/clients/${answer.client_id}`)} inherit>
                  <ClientName clientId={answer.client_id} />
                </Anchor>
              ),
            ],
            ["Patient in the file", answer.patient_name],
            ["Member id", answer.member_id],
            ["Day of service", answer.service_date && dayInWords(answer.service_date)],
            ["Charge", <Money key="charge" amount={answer.charge} />],
            ["Paid", <Money key="paid" amount={answer.paid} fw={600} />],
            ["Client's part", <Money key="client" amount={answer.patient_responsibility} />],
            ["Insurer's number", answer.payer_reference],
          ]}
        />
        {reasons.length > 0 && (
          <List size="sm">
            {reasons.map(({ code, meaning, amount }, place) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: the same reason may stand there twice
              <List.Item key={place}>
                <Money amount={amount} /> {meaning ?? "see the code list"} ({code})
              </List.Item>
            ))}
          </List>
        )}
        {postings.length > 0 && (
          <Text size="sm" c="dimmed">
            In the ledger: {postings.map(({ kind }) => POSTINGS[kind].toLowerCase()).join(", ")}
          </Text>
        )}
        {isPosted && Number(answer.unassigned_amount) !== 0 && (
          <Assign remittanceId={remittanceId} payer={payer} answer={answer} />
        )}
      </Stack>
    </Panel>
  );
}
