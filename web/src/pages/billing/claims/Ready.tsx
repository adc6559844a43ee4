import { Anchor, Button, Checkbox, Group, Stack, Table, Text } from "@mantine/core";
import { IconSend } from "@tabler/icons-react";
import { keepPreviousData, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Link, useNavigate } from "react-router";
import { api, type BillingRecord, type ClaimFinding } from "@/api";
import { ClientName } from "@/features/people/PersonName";
import { refreshAfter } from "@/live";
import { sum } from "@/money";
import { dayInWords } from "@/time";
import { Money, notify, PagedList, Panel, ProblemNotice, useAddress, useAt, usePages } from "@/ui";
import { numberInWords } from "@/ui/text";
import classes from "../Billing.module.css";
import { Findings } from "../Findings";
import { useChoice } from "./Choice";

/** A page is checked and claimed at once; one file holds more than that. */
const ON_A_PAGE = 100;

interface Checked {
  readonly claimable: boolean;
  readonly findings: readonly ClaimFinding[];
}

/** Records that wait to be claimed, the oldest first, with what all of them come to; those that no payer takes any more apart. */
export function Ready() {
  const [address, put] = useAddress();
  const late = address.get("late") === "true";
  const { payer, client } = useChoice();
  const wanted = { ...(payer ? { payer_id: payer } : {}), ...(client ? { client_id: client } : {}) };
  const isNarrowed = payer !== null || client !== null;
  const pages = usePages(JSON.stringify({ late, ...wanted }));
  const { cursor } = pages;
  const unclaimed = api.useQuery(
    "get",
    "/api/billing/claims/unclaimed",
    { params: { query: { ...wanted, limit: ON_A_PAGE, late, ...(cursor ? { cursor } : {}) } } },
    { placeholderData: keepPreviousData },
  );
  const others = api.useQuery("get", "/api/billing/claims/unclaimed", {
    params: { query: { ...wanted, limit: 1, late: !late } },
  });
  const count = others.data?.count ?? 0;
  return (
    <Panel title="To be claimed" about="Billed insured sessions without a claim, the oldest first.">
      {(late || count > 0) && (
        <Text size="sm">
          {late ? "These are older than any payer takes. " : `${countInWords(count)} older than any payer takes. `}
          <Anchor component="button" type="button" inherit onClick={() => put({ late: late ? null : "true" })}>
            {late ? `Show those that payers take (${numberInWords(count)})` : "Show older ones"}
          </Anchor>
        </Text>
      )}
      <PagedList
        query={unclaimed}
        pages={pages}
        order="oldest first"
        empty={
          <Text size="sm" c="dimmed">
            {isNarrowed ? "No records of this choice wait to be claimed." : "No records wait to be claimed."}
          </Text>
        }
        total={({ count, total_amount }) => (
          <>
            {numberInWords(count)} {count === 1 ? "record waits" : "records wait"} to be claimed, total{" "}
            <Money amount={total_amount} />
          </>
        )}
      >
        {(items) => <Chosen key={items[0]?.id ?? ""} records={items} />}
      </PagedList>
    </Panel>
  );
}

function countInWords(count: number): string {
  return count === 1 ? "1 more record is" : `${numberInWords(count)} more records are`;
}

function Chosen({ records }: { records: readonly BillingRecord[] }) {
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const queries = useQueryClient();
  const navigate = useNavigate();
  const at = useAt();
  const ids = records.map(({ id }) => id);
  const check = api.useQuery(
    "post",
    "/api/billing/claims/check",
    { body: { record_ids: ids } },
    { enabled: ids.length > 0 },
  );
  const send = api.useMutation("post", "/api/billing/claims", {
    onSuccess: (batch) => {
      void refreshAfter(queries, "billing.payment_status_changed.v1");
      notify.done(`${batch.claims.length} ${batch.claims.length === 1 ? "claim is" : "claims are"} in the file.`);
      void navigate(at(`/billing/claims/${batch.id}`));
    },
  });
  const checked = new Map<string, Checked>(check.data?.items.map((one) => [one.record_id, one]) ?? []);
  const claimable = records.filter(({ id }) => checked.get(id)?.claimable);
  const chosen = claimable.filter(({ id }) => !left.has(id));
  const isAll = chosen.length === claimable.length;
  const toggle = (id: string) =>
    setLeft((before) => {
      const next = new Set(before);
      return next.delete(id) ? next : next.add(id);
    });
  return (
    <Stack gap="sm">
      {send.error ? <ProblemNotice error={send.error} title="No claim was sent" /> : null}
      <Group justify="space-between">
        <Text size="sm" c="dimmed" role="status">
          {check.isLoading ? (
            "Checking …"
          ) : (
            <>
              {chosen.length} of {records.length} on this page chosen, total{" "}
              <Money amount={sum(chosen.map(({ total_amount }) => total_amount))} />
            </>
          )}
        </Text>
        <Button
          leftSection={<IconSend size={17} aria-hidden />}
          disabled={chosen.length === 0}
          loading={send.isPending}
          onClick={() => {
            const body = { record_ids: chosen.map(({ id }) => id) };
            send.mutate({ body });
          }}
        >
          Create claim file
        </Button>
      </Group>
      {check.error ? <ProblemNotice error={check.error} onRetry={() => void check.refetch()} /> : null}
      {claimable.length > 1 && (
        <Checkbox
          label="All on this page"
          checked={isAll}
          indeterminate={!isAll && chosen.length > 0}
          onChange={() => setLeft(new Set(isAll ? claimable.map(({ id }) => id) : []))}
        />
      )}
      <Table verticalSpacing={6} aria-label="To be claimed">
        <Table.Tbody>
          {records.map((record) => {
            const found = checked.get(record.id);
            return (
              <Table.Tr key={record.id}>
                <Table.Td w={36}>
                  <Checkbox
                    aria-label={`Claim ${record.service_code} of ${record.service_date}`}
                    checked={Boolean(found?.claimable) && !left.has(record.id)}
                    disabled={!found?.claimable}
                    onChange={() => toggle(record.id)}
                  />
                </Table.Td>
                <Table.Td>
                  <Anchor component={Link} to={at(`/billing/records/${record.id}`)} inherit>
                    {dayInWords(record.service_date)} · {record.service_code}
                  </Anchor>
                  <Text size="sm" component="div">
                    <ClientName clientId={record.client_id} />
                  </Text>
                  {found && found.findings.length > 0 && <Findings findings={found.findings} record={record} />}
                </Table.Td>
                <Table.Td className={classes.amount ?? ""}>
                  <Money amount={record.total_amount} />
                </Table.Td>
              </Table.Tr>
            );
          })}
        </Table.Tbody>
      </Table>
    </Stack>
  );
}
