import { Anchor, Button, Checkbox, Group, Stack, Table, Text } from "@mantine/core";
import { IconSend } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Link, useNavigate } from "react-router";
import { api, type BillingRecord, type ClaimFinding } from "@/api";
import { refreshAfter } from "@/live";
import { sum } from "@/money";
import { Money, Panel, ProblemNotice, Shown, tell } from "@/parts";
import { ClientName } from "@/people/PersonName";
import { useAt } from "@/site";
import { dayInWords } from "@/time";
import classes from "../Billing.module.css";
import { Findings } from "../Findings";

/** So many fit one file. */
const AT_MOST = 100;
const SHOWN_AT_FIRST = 12;

interface Checked {
  readonly claimable: boolean;
  readonly findings: readonly ClaimFinding[];
}

/** Records of insured sessions that no insurer was asked for yet. */
export function Ready() {
  const pending = api.useQuery("get", "/api/billing/records", {
    params: { query: { payment_status: "pending", limit: AT_MOST } },
  });
  const partly = api.useQuery("get", "/api/billing/records", {
    params: { query: { payment_status: "partially_paid", limit: AT_MOST } },
  });
  return (
    <Panel title="To be claimed" about="Insured sessions that are billed and not settled.">
      <Shown query={pending}>
        {({ items }) => (
          <Choice
            records={[...items, ...(partly.data?.items ?? [])].filter((one) => one.insurance_covered).slice(0, AT_MOST)}
          />
        )}
      </Shown>
    </Panel>
  );
}

function Choice({ records }: { records: readonly BillingRecord[] }) {
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const [isWhole, setWhole] = useState(false);
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
      tell.done(`${batch.claims.length} ${batch.claims.length === 1 ? "claim is" : "claims are"} in the file.`);
      void navigate(at(`/billing/claims/${batch.id}`));
    },
  });
  const checked = new Map<string, Checked>(check.data?.items.map((one) => [one.record_id, one]) ?? []);
  // Those that were claimed already are waiting for their answer; there is nothing to do about them here.
  const shown = records.filter(({ id }) => !checked.get(id)?.findings.some(({ code }) => code === "ALREADY_CLAIMED"));
  const chosen = shown.filter(({ id }) => checked.get(id)?.claimable && !left.has(id));
  const toggle = (id: string) =>
    setLeft((before) => {
      const next = new Set(before);
      return next.delete(id) ? next : next.add(id);
    });
  if (shown.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        Nothing is waiting: every insured session is claimed or settled.
      </Text>
    );
  }
  return (
    <Stack gap="sm">
      {send.error ? <ProblemNotice error={send.error} title="No claim was sent" /> : null}
      <Group justify="space-between">
        <Text size="sm" c="dimmed" role="status">
          {check.isLoading ? (
            "Checking …"
          ) : (
            <>
              {chosen.length} of {shown.length} can be claimed, total{" "}
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
      <Table verticalSpacing={6} aria-label="To be claimed">
        <Table.Tbody>
          {(isWhole ? shown : shown.slice(0, SHOWN_AT_FIRST)).map((record) => {
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
                    {dayInWords(record.service_date)}, {record.service_code}
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
      {!isWhole && shown.length > SHOWN_AT_FIRST && (
        <Button variant="subtle" size="xs" onClick={() => setWhole(true)} style={{ alignSelf: "flex-start" }}>
          Show all {shown.length}
        </Button>
      )}
    </Stack>
  );
}
