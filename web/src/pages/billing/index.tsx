// Every record: who owes what for which session, and what is still open.
import { Anchor, Button, Group, Paper, Select, Table, Text } from "@mantine/core";
import { IconDownload, IconSearch, IconX } from "@tabler/icons-react";
import { keepPreviousData } from "@tanstack/react-query";
import { Link, useNavigate } from "react-router";
import { api, type BillingRecord } from "@/api";
import { ClientName } from "@/features/people/PersonName";
import { ClientSelect } from "@/features/people/PersonSelect";
import { siteInWords, useSites } from "@/features/site";
import { dayInWords, isDay } from "@/time";
import { DayField, Empty, ListSelect, Money, Page, PagedList, TableHead, useAddress, useAt, usePages } from "@/ui";
import { numberInWords } from "@/ui/text";
import classes from "./Billing.module.css";
import { BillingPlaces } from "./BillingPlaces";
import { KINDS, optionsOf, type PaymentStatus, STATUSES } from "./labels";
import { StatusTag } from "./StatusTag";

const ON_A_PAGE = 25;

export function Component() {
  const [query, put] = useAddress();
  const { allSites } = useSites();
  const wanted = {
    ...(isStatus(query.get("status")) ? { payment_status: query.get("status") as PaymentStatus } : {}),
    ...(query.get("session") ? { session_id: query.get("session") as string } : {}),
    ...(query.get("client") ? { client_id: query.get("client") as string } : {}),
    ...(allSites.some(({ id }) => id === query.get("at")) ? { site_id: query.get("at") as string } : {}),
    ...(isDay(query.get("from")) ? { from: query.get("from") as string } : {}),
    ...(isDay(query.get("to")) ? { to: query.get("to") as string } : {}),
  };
  const pages = usePages(JSON.stringify(wanted));
  const { cursor } = pages;
  const totals = api.useQuery("get", "/api/billing/records/totals", { params: { query: wanted } });
  const records = api.useQuery(
    "get",
    "/api/billing/records",
    { params: { query: { ...wanted, limit: ON_A_PAGE, ...(cursor ? { cursor } : {}) } } },
    { placeholderData: keepPreviousData },
  );
  const narrow = (name: string, value: string | null) => put({ [name]: value });
  const isNarrowed = Object.keys(wanted).length > 0;
  return (
    <Page
      title="Billing"
      about="One record for each client of each completed session, or for the session where its service is billed once."
      actions={
        <Button
          component="a"
          href={`/api/billing/records/export.xlsx?${new URLSearchParams(wanted)}`}
          download
          variant="default"
          leftSection={<IconDownload size={17} aria-hidden />}
        >
          Export
        </Button>
      }
    >
      <BillingPlaces />
      <Group gap="sm" role="search" aria-label="Records" align="flex-end">
        <Select
          label="Status"
          placeholder="Any"
          data={optionsOf(STATUSES)}
          value={wanted.payment_status ?? null}
          onChange={(value) => narrow("status", value)}
          clearable
          w={160}
        />
        <ClientSelect
          label="Client"
          placeholder="All clients"
          value={wanted.client_id ?? null}
          onChange={(value) => narrow("client", value)}
          style={{ flex: "1 1 200px", maxWidth: 320 }}
        />
        {allSites.length > 1 && (
          <ListSelect
            label="Site of service"
            placeholder="All sites"
            data={allSites.map((one) => ({ value: one.id, label: siteInWords(one) }))}
            value={wanted.site_id ?? null}
            onChange={(value) => narrow("at", value)}
            clearable
            w={180}
          />
        )}
        <DayField
          label="From"
          placeholder="Any day"
          value={wanted.from ?? null}
          onChange={(day) => narrow("from", day)}
          near="past"
          clearable
          w={170}
        />
        <DayField
          label="To"
          placeholder="Any day"
          value={wanted.to ?? null}
          onChange={(day) => narrow("to", day)}
          near="past"
          clearable
          w={170}
        />
        {wanted.session_id && (
          <Button
            variant="default"
            onClick={() => narrow("session", null)}
            rightSection={<IconX size={15} aria-hidden />}
          >
            Of one session
          </Button>
        )}
      </Group>
      <PagedList
        query={records}
        pages={pages}
        order="newest first"
        empty={
          isNarrowed ? (
            <Empty
              title="No matching records"
              icon={IconSearch}
              action={{
                name: "Show all",
                onClick: () => put({ session: null, status: null, client: null, at: null, from: null, to: null }),
              }}
            >
              A record is made when a session is completed.
            </Empty>
          ) : (
            <Empty title="Nothing has been billed yet">
              A record is created when a session is completed, at the price quoted when it was booked.
            </Empty>
          )
        }
        total={() =>
          totals.data && (
            <>
              {numberInWords(totals.data.count)} {totals.data.count === 1 ? "record" : "records"}, open balance{" "}
              <Money amount={totals.data.balance} />
            </>
          )
        }
      >
        {(items) => <RecordTable records={items} />}
      </PagedList>
    </Page>
  );
}

function RecordTable({ records }: { records: readonly BillingRecord[] }) {
  const navigate = useNavigate();
  const at = useAt();
  return (
    <Paper withBorder>
      <Table highlightOnHover verticalSpacing="xs" aria-label="Records">
        <TableHead
          columns={[
            "Date of service",
            "Client",
            { name: "Code", visibleFrom: "sm" },
            { name: "Charge", visibleFrom: "md", className: classes.amount },
            { name: "Insurer", visibleFrom: "md", className: classes.amount },
            { name: "Client", visibleFrom: "md", className: classes.amount },
            { name: "Open", className: classes.amount },
            { name: "Status", visibleFrom: "sm" },
          ]}
        />
        <Table.Tbody>
          {records.map((record) => (
            <Table.Tr
              key={record.id}
              className={classes.row ?? ""}
              onClick={() => void navigate(at(`/billing/records/${record.id}`))}
            >
              <Table.Td>
                <Anchor
                  component={Link}
                  to={at(`/billing/records/${record.id}`)}
                  inherit
                  onClick={(event) => event.stopPropagation()}
                >
                  {dayInWords(record.service_date)}
                </Anchor>
              </Table.Td>
              <Table.Td>
                <ClientName clientId={record.client_id} />
                <Text size="xs" c="dimmed" hiddenFrom="sm" component="div">
                  {record.service_code} <StatusTag status={record.payment_status} />
                </Text>
              </Table.Td>
              <Table.Td visibleFrom="sm">
                <span className={classes.code}>{record.service_code}</span>
                {record.kind !== "session" && (
                  <Text size="xs" c="dimmed">
                    {KINDS[record.kind]}
                  </Text>
                )}
              </Table.Td>
              <Table.Td visibleFrom="md" className={classes.amount ?? ""}>
                <Money amount={record.total_amount} />
              </Table.Td>
              <Table.Td visibleFrom="md" className={classes.amount ?? ""}>
                <Money amount={record.insurance_amount} />
              </Table.Td>
              <Table.Td visibleFrom="md" className={classes.amount ?? ""}>
                <Money amount={record.patient_amount} />
              </Table.Td>
              <Table.Td className={classes.amount ?? ""}>
                <Money amount={record.balance} fw={600} />
              </Table.Td>
              <Table.Td visibleFrom="sm">
                <StatusTag status={record.payment_status} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Paper>
  );
}

function isStatus(text: string | null): text is PaymentStatus {
  return text !== null && text in STATUSES;
}
