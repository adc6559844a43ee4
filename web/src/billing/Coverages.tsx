import { Button, Group, SimpleGrid, Stack, Text } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useState } from "react";
import { api } from "@/api";
import type { components } from "@/api/billing";
import { Facts, Money, Panel, Shown, Tag } from "@/parts";
import { useSites } from "@/site";
import { dayInWords, today } from "@/time";
import { AddCoverage, ChangeCoverage } from "./CoverageForms";

type Coverage = components["schemas"]["CoverageView"];
const PAYERS_AT_MOST = 500;

/** What a client is and was covered by, and what is left of it by now. */
export function Coverages({ clientId }: { clientId: string }) {
  const [asked, ask] = useState<Coverage | "new" | null>(null);
  const coverages = api.useQuery("get", "/api/billing/clients/{client_id}/coverages", {
    params: { path: { client_id: clientId } },
  });
  const payers = api.useQuery("get", "/api/billing/payers", { params: { query: { limit: PAYERS_AT_MOST } } });
  const known = payers.data?.items ?? [];
  const nameOf = (id: string) => known.find((payer) => payer.id === id)?.payer_name ?? "…";
  return (
    <Panel
      title="Coverage"
      about="What insurance pays for, and what is left of it."
      actions={
        <Button
          variant="default"
          size="xs"
          leftSection={<IconPlus size={15} aria-hidden />}
          onClick={() => ask("new")}
          disabled={payers.data?.items.length === 0}
        >
          Add a coverage
        </Button>
      }
    >
      <Shown query={coverages}>
        {({ items }) =>
          items.length > 0 ? (
            <Stack gap="lg">
              {items.map((coverage) => (
                <CoverageFacts
                  key={coverage.id}
                  coverage={coverage}
                  payer={nameOf(coverage.payer_id)}
                  onChange={() => ask(coverage)}
                />
              ))}
            </Stack>
          ) : (
            <Text size="sm" c="dimmed">
              Not insured: the client pays for every session.
              {payers.data && known.length === 0 && " A coverage needs a payer; add one under Payers first."}
            </Text>
          )
        }
      </Shown>
      {asked === "new" && <AddCoverage clientId={clientId} payers={known} onClose={() => ask(null)} />}
      {asked !== null && asked !== "new" && <ChangeCoverage coverage={asked} onClose={() => ask(null)} />}
    </Panel>
  );
}

interface CoverageFactsProps {
  readonly coverage: Coverage;
  readonly payer: string;
  readonly onChange: () => void;
}

function CoverageFacts({ coverage, payer, onChange }: CoverageFactsProps) {
  const { site } = useSites();
  const now = today(site?.time_zone ?? "UTC");
  const isOver = coverage.effective_to !== null && coverage.effective_to < now;
  const left = [
    [
      "Copay",
      <span key="copay">
        <Money amount={coverage.copay} />
        {coverage.copay_after_deductible ? ", once the deductible is met" : ""}
      </span>,
    ],
    ["Coinsurance", Number(coverage.coinsurance_percent) > 0 && `${Number(coverage.coinsurance_percent)} %`],
    ["Deductible left", <Money key="deductible" amount={coverage.deductible_left} />],
    ["Out of pocket left", coverage.out_of_pocket_left && <Money amount={coverage.out_of_pocket_left} />],
    ["Visits left", coverage.visits_left === null ? null : `${coverage.visits_left} of ${coverage.visits_authorized}`],
    ["Authorization", coverage.authorization_number],
  ] as const;
  const named = [
    ["Member", coverage.member_id],
    ["Group", coverage.group_number],
    [
      "Held by",
      coverage.subscriber &&
        `${coverage.subscriber.first_name} ${coverage.subscriber.last_name} (${coverage.relationship})`,
    ],
    [
      "In force",
      `${dayInWords(coverage.effective_from)} – ${coverage.effective_to ? dayInWords(coverage.effective_to) : "open"}`,
    ],
    ["Learnt on", dayInWords(coverage.as_of)],
  ] as const;
  return (
    <Stack gap={6}>
      <Group justify="space-between">
        <Group gap={6}>
          <Text fw={600}>
            {payer}, {coverage.plan_name}
          </Text>
          {isOver && <Tag tone="over">over</Tag>}
          {coverage.effective_from > now && <Tag tone="waiting">begins later</Tag>}
          {coverage.mode === "out_of_network" && <Tag tone="attention">out of network</Tag>}
        </Group>
        {!isOver && (
          <Button variant="subtle" size="compact-sm" onClick={onChange}>
            Change what is left
          </Button>
        )}
      </Group>
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <Facts facts={left} />
        <Facts facts={named} />
      </SimpleGrid>
    </Stack>
  );
}
