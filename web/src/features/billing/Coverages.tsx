// Who pays for a client: the plans on file, with what is left of them by now.
import { Button, Group, Paper, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconPlus } from "@tabler/icons-react";
import { useState } from "react";
import { api, type Coverage } from "@/api";
import { useNetworkZone } from "@/features/site";
import { isNothing } from "@/money";
import { dayInWords, today } from "@/time";
import { Facts, Loaded, Money, Panel, Tag } from "@/ui";
import { AddCoverage } from "./AddCoverage";
import { ChangeCoverage } from "./ChangeCoverage";
import { countsNever } from "./LastDayField";
import { usePayerNames } from "./PayerSelect";

export function Coverages({ clientId }: { clientId: string }) {
  const [adding, add] = useDisclosure(false);
  const [changing, setChanging] = useState<Coverage | null>(null);
  const coverages = api.useQuery("get", "/api/billing/clients/{client_id}/coverages", {
    params: { path: { client_id: clientId } },
  });
  const names = usePayerNames((coverages.data?.items ?? []).map(({ payer_id }) => payer_id));
  const nameOf = (id: string) => names.get(id) ?? "A payer";
  return (
    <Panel
      title="Insurance"
      actions={
        <Button size="xs" variant="default" leftSection={<IconPlus size={16} aria-hidden />} onClick={add.open}>
          Add a plan
        </Button>
      }
    >
      <Loaded query={coverages}>
        {({ items }) =>
          items.length > 0 ? (
            items.map((coverage) => (
              <Plan
                key={coverage.id}
                coverage={coverage}
                payer={nameOf(coverage.payer_id)}
                onChange={() => setChanging(coverage)}
              />
            ))
          ) : (
            <Text size="sm" c="dimmed">
              No insurance on file: the client pays. Add a plan to see the insurer's part in quotes and bills.
            </Text>
          )
        }
      </Loaded>
      {adding && <AddCoverage clientId={clientId} onClose={add.close} />}
      {changing && (
        <ChangeCoverage
          coverage={coverages.data?.items.find(({ id }) => id === changing.id) ?? changing}
          payer={nameOf(changing.payer_id)}
          onClose={() => setChanging(null)}
        />
      )}
    </Panel>
  );
}

interface PlanProps {
  readonly coverage: Coverage;
  readonly payer: string;
  readonly onChange: () => void;
}

function Plan({ coverage, payer, onChange }: PlanProps) {
  const zone = useNetworkZone();
  const day = today(zone);
  const isOver = coverage.effective_to !== null && coverage.effective_to < day;
  const isWithdrawn = countsNever(coverage.effective_from, coverage.effective_to);
  const isToCome = coverage.effective_from > day;
  const { effective_to } = coverage;
  return (
    <Paper component="article" aria-label={`${payer} ${coverage.plan_name}`}>
      <Group justify="space-between" gap="xs">
        <Text fw={650} size="sm">
          {payer}, {coverage.plan_name}
        </Text>
        <Group gap="xs">
          {isWithdrawn ? (
            <Tag tone="over">withdrawn</Tag>
          ) : isOver ? (
            <Tag tone="over">ended</Tag>
          ) : isToCome ? (
            <Tag>future</Tag>
          ) : (
            <Tag tone="good">active</Tag>
          )}
          <Button
            size="compact-sm"
            variant="default"
            onClick={onChange}
            aria-label={`Change ${payer}, ${coverage.plan_name}`}
          >
            Change
          </Button>
        </Group>
      </Group>
      <Facts
        facts={[
          ["Member id", coverage.member_id],
          ["Group", coverage.group_number],
          [
            "Subscriber",
            coverage.relationship !== "self" && `${coverage.subscriber?.first_name} ${coverage.subscriber?.last_name}`,
          ],
          ["Copay", !isNothing(coverage.copay) && <Money key="copay" amount={coverage.copay} />],
          ["Coinsurance", Number(coverage.coinsurance_percent) > 0 && `${coverage.coinsurance_percent} %`],
          ["Deductible remaining", <Money key="deductible" amount={coverage.deductible_left} />],
          ["Out-of-pocket remaining", coverage.out_of_pocket_left && <Money amount={coverage.out_of_pocket_left} />],
          ["Authorization number", coverage.authorization_number],
          ["Authorized visits remaining", coverage.visits_left !== null && `${coverage.visits_left}`],
          ["Network", coverage.mode === "out_of_network" && "out of network"],
          [
            "Effective",
            isWithdrawn
              ? "on no day"
              : `from ${dayInWords(coverage.effective_from, { year: true })}${effective_to ? ` to ${dayInWords(effective_to, { year: true })}` : " on"}`,
          ],
        ]}
      />
    </Paper>
  );
}
