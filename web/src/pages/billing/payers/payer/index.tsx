// One payer: its fees over time, and what a new fee would change before it is made.
import { Button, FileButton, Table, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconDownload, IconPlus, IconTableImport } from "@tabler/icons-react";
import { keepPreviousData, useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useParams } from "react-router";
import { api, http } from "@/api";
import type { components } from "@/api/billing";
import { Changes } from "@/features/billing/Changes";
import { countsNever } from "@/features/billing/LastDayField";
import { useNetworkZone } from "@/features/site";
import { refreshAfter } from "@/live";
import { dateInWords, today } from "@/time";
import {
  Empty,
  Facts,
  Loaded,
  Money,
  notify,
  Page,
  PagedList,
  Panel,
  ProblemNotice,
  TableHead,
  Tag,
  usePages,
} from "@/ui";
import classes from "../../Billing.module.css";
import { BillingPlaces } from "../../BillingPlaces";
import { filingInWords } from "../../labels";
import { AddFee } from "./AddFee";
import { ChangeFee, type Fee } from "./ChangeFee";
import { EditPayer } from "./EditPayer";

const FEES_ON_A_PAGE = 50;

export function Component() {
  const { payerId = "" } = useParams();
  const [adding, add] = useDisclosure(false);
  const [editing, edit] = useDisclosure(false);
  const payer = api.useQuery("get", "/api/billing/payers/{payer_id}", { params: { path: { payer_id: payerId } } });
  const load = useImport(payerId);
  return (
    <Page
      title={payer.data?.payer_name ?? "Payer"}
      about="Contracted fees by code and date."
      actions={
        <>
          <Button
            component="a"
            href={`/api/billing/payers/${payerId}/fees.csv`}
            download="fees.csv"
            variant="default"
            leftSection={<IconDownload size={17} aria-hidden />}
          >
            Export
          </Button>
          <FileButton onChange={(file) => file && load.mutate(file)} accept=".csv,text/csv">
            {(props) => (
              <Button
                {...props}
                variant="default"
                loading={load.isPending}
                leftSection={<IconTableImport size={17} aria-hidden />}
              >
                Import
              </Button>
            )}
          </FileButton>
          <Button onClick={add.open} leftSection={<IconPlus size={17} aria-hidden />}>
            Add a fee
          </Button>
        </>
      }
    >
      <BillingPlaces />
      {load.error ? <ProblemNotice error={load.error} title="Nothing was imported" /> : null}
      <Loaded query={payer} named={{ kind: "payer", all: "All payers", path: "/billing/payers" }}>
        {(found) => (
          <Panel
            title="On claims"
            actions={
              <Button variant="default" size="xs" onClick={edit.open}>
                Edit
              </Button>
            }
          >
            <Facts
              facts={[
                ["Code", found.payer_code],
                ["Kind", filingInWords(found.claim_filing_code)],
                ["Telehealth place of service", found.telehealth_place_of_service],
                ["Video modifier", found.telehealth_modifier],
                ["Address", found.address && addressInWords(found.address)],
                ["Active", found.is_active ? "yes" : "no"],
              ]}
            />
          </Panel>
        )}
      </Loaded>
      <Fees payerId={payerId} onAdd={add.open} />
      <Changes of={payerId} />
      {editing && payer.data && <EditPayer payer={payer.data} onClose={edit.close} />}
      {adding && <AddFee payerId={payerId} onClose={add.close} />}
    </Page>
  );
}

function Fees({ payerId, onAdd }: { payerId: string; onAdd: () => void }) {
  const zone = useNetworkZone();
  const now = today(zone);
  const [changing, setChanging] = useState<Fee | null>(null);
  const pages = usePages(payerId);
  const { cursor } = pages;
  const fees = api.useQuery(
    "get",
    "/api/billing/payers/{payer_id}/fees",
    {
      params: {
        path: { payer_id: payerId },
        query: { limit: FEES_ON_A_PAGE, ...(cursor ? { cursor } : {}) },
      },
    },
    { placeholderData: keepPreviousData },
  );
  return (
    <Panel title="Fees">
      <PagedList
        query={fees}
        pages={pages}
        empty={
          <Empty title="No fees yet" action={{ name: "Add the first fee", onClick: onAdd }}>
            Without a contracted fee the full charge counts as allowed, and quotes are marked as estimates.
          </Empty>
        }
      >
        {(items) => (
          <Table.ScrollContainer minWidth={0}>
            <Table verticalSpacing={6} aria-label="Fees">
              <TableHead
                columns={[
                  "Code",
                  { name: "For", visibleFrom: "sm" },
                  { name: "Fee", className: classes.amount },
                  { name: "Effective", visibleFrom: "sm" },
                  { name: "Change", isHidden: true },
                ]}
              />
              <Table.Tbody>
                {items.map((fee) => (
                  <Table.Tr key={fee.id}>
                    <Table.Td>
                      <span className={classes.code}>{fee.service_code}</span>{" "}
                      {!fee.in_catalog && <Tag tone="waiting">not in the catalog</Tag>}
                      <Text component="div" size="xs" c="dimmed" hiddenFrom="sm">
                        {fee.credential ?? "everybody"}, <FeeDays fee={fee} now={now} />
                      </Text>
                    </Table.Td>
                    <Table.Td visibleFrom="sm">{fee.credential ?? "everybody"}</Table.Td>
                    <Table.Td className={classes.amount ?? ""}>
                      <Money amount={fee.amount} />
                    </Table.Td>
                    <Table.Td visibleFrom="sm">
                      <FeeDays fee={fee} now={now} />
                    </Table.Td>
                    <Table.Td ta="right">
                      <Button
                        variant="subtle"
                        size="compact-sm"
                        onClick={() => setChanging(fee)}
                        aria-label={`Change the fee for ${fee.service_code} from ${dateInWords(fee.effective_from)}`}
                      >
                        Change
                      </Button>
                    </Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </Table.ScrollContainer>
        )}
      </PagedList>
      {changing && (
        <ChangeFee
          fee={fees.data?.items.find(({ id }) => id === changing.id) ?? changing}
          onClose={() => setChanging(null)}
        />
      )}
    </Panel>
  );
}

function addressInWords({ line1, line2, city, state, postal_code }: components["schemas"]["Address"]): string {
  return [line1, line2, `${city}, ${state} ${postal_code}`].filter(Boolean).join(", ");
}

function useImport(payerId: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async (file: File) => {
      const { data } = await http.POST("/api/billing/payers/{payer_id}/fees/import", {
        params: { path: { payer_id: payerId } },
        body: "" as never,
        // Sent byte by byte, so that a sheet in another encoding is refused and not guessed at.
        bodySerializer: () => file,
        headers: { "content-type": "text/csv" },
      });
      return data;
    },
    onSuccess: (done) => {
      void refreshAfter(queries, "billing.record_created.v1");
      const unknown = done?.unknown_codes ?? [];
      notify.done(
        unknown.length === 0
          ? "The fees are imported."
          : `The fees are imported. The catalog does not have ${unknown.map(({ line, service_code }) => `${service_code} (line ${line})`).join(", ")}.`,
      );
    },
  });
}

function FeeDays({ fee, now }: { fee: Fee; now: string }) {
  const begins = dateInWords(fee.effective_from);
  if (countsNever(fee.effective_from, fee.effective_to)) {
    return (
      <>
        {begins} <Tag tone="over">withdrawn</Tag>
      </>
    );
  }
  return (
    <>
      from {begins}
      {fee.effective_to && ` to ${dateInWords(fee.effective_to)}`}{" "}
      {fee.effective_from > now && <Tag tone="waiting">scheduled</Tag>}
      {fee.effective_to && fee.effective_to < now && <Tag tone="over">ended</Tag>}
    </>
  );
}
