// One record: its price, what was promised, what happened to its money, and what can be done about it.
import { Anchor, Grid, Group } from "@mantine/core";
import { Link, useParams } from "react-router";
import { api, type BillingRecord } from "@/api";
import { ClientName, TherapistName } from "@/features/people/PersonName";
import { modalityInWords } from "@/features/sessions/modality";
import { dayInWords, durationInWords } from "@/time";
import { Facts, LoadedPage, Page, Panel, useAt } from "@/ui";
import { BillingPlaces } from "../BillingPlaces";
import { KINDS } from "../labels";
import { StatusTag } from "../StatusTag";
import { Balance } from "./Balance";
import { Claims } from "./Claims";
import { Diagnoses } from "./Diagnoses";
import { Documents } from "./Documents";
import { Flags } from "./Flags";
import { Insurer } from "./Insurer";
import { Ledger } from "./Ledger";
import { Lines } from "./Lines";
import { Promised } from "./Promised";
import { Steps } from "./Steps";
import { Successor } from "./Successor";

export function Component() {
  const { recordId = "" } = useParams();
  const record = api.useQuery("get", "/api/billing/records/{record_id}", { params: { path: { record_id: recordId } } });
  return (
    <LoadedPage query={record} named={{ kind: "record", all: "All records", path: "/billing" }}>
      {(found) => <RecordPage key={recordId} record={found} />}
    </LoadedPage>
  );
}

function RecordPage({ record }: { record: BillingRecord }) {
  const at = useAt();
  return (
    <Page
      title={`${record.service_code} on ${dayInWords(record.service_date)}`}
      about={
        <Group gap={8}>
          <Anchor component={Link} to={at(`/billing/clients/${record.client_id}`)} inherit>
            <ClientName clientId={record.client_id} />
          </Anchor>{" "}
          · {KINDS[record.kind]} <StatusTag status={record.payment_status} />
        </Group>
      }
      actions={
        <>
          <Documents record={record} />
          <Steps record={record} />
        </>
      }
    >
      <BillingPlaces />
      <Flags flags={record.flags} />
      <Grid gap="md">
        <Grid.Col span={{ base: 12, md: 5 }}>
          <Balance record={record} />
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 7 }}>
          <Panel title="Services" about="Amounts as billed.">
            <Lines lines={record.lines} />
            <Facts
              facts={[
                ["Therapist", <TherapistName key="therapist" therapistId={record.therapist_id} />],
                ["Duration", durationInWords(record.minutes)],
                ["Format", modalityInWords(record.modality, record.client_location)],
                ["Billed on", dayInWords(record.billing_date)],
                ["Insurer", record.payer_id && <Insurer key="insurer" record={record} payerId={record.payer_id} />],
                ["Diagnoses", <Diagnoses key="diagnoses" record={record} />],
                [
                  "Session",
                  <Anchor key="session" component={Link} to={at(`/sessions/${record.session_id}`)} inherit>
                    Open the session
                  </Anchor>,
                ],
                ["Replaced by", record.payment_status === "voided" && <Successor key="successor" record={record} />],
                [
                  "Replaces",
                  record.replaces_id && (
                    <Anchor component={Link} to={at(`/billing/records/${record.replaces_id}`)} inherit>
                      the voided record
                    </Anchor>
                  ),
                ],
              ]}
            />
          </Panel>
        </Grid.Col>
        <Grid.Col span={12}>
          <Ledger record={record} />
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 6 }}>
          <Promised record={record} />
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 6 }}>
          <Claims record={record} />
        </Grid.Col>
      </Grid>
    </Page>
  );
}
