// Payers: who pays for clients besides themselves.
import { Anchor, Button, Paper, SimpleGrid, Table, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconPlus } from "@tabler/icons-react";
import { keepPreviousData, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Link, useNavigate } from "react-router";
import { api } from "@/api";
import { refreshAfter } from "@/live";
import { Empty, FormDrawer, fieldErrors, notify, Page, PagedList, TableHead, Tag, useAt, usePages } from "@/ui";
import { BillingPlaces } from "../BillingPlaces";

const ON_A_PAGE = 50;

export function Component() {
  const [adding, add] = useDisclosure(false);
  const at = useAt();
  const pages = usePages();
  const { cursor } = pages;
  const payers = api.useQuery(
    "get",
    "/api/billing/payers",
    { params: { query: { limit: ON_A_PAGE, ...(cursor ? { cursor } : {}) } } },
    { placeholderData: keepPreviousData },
  );
  return (
    <Page
      title="Payers"
      about="Insurers and their contracted fees by code."
      actions={
        <Button onClick={add.open} leftSection={<IconPlus size={17} aria-hidden />}>
          Add a payer
        </Button>
      }
    >
      <BillingPlaces />
      <PagedList
        query={payers}
        pages={pages}
        empty={
          <Empty title="No payers yet" action={{ name: "Add the first payer", onClick: add.open }}>
            Without a payer, every client is self-pay.
          </Empty>
        }
      >
        {(items) => (
          <Paper withBorder>
            <Table verticalSpacing="xs" aria-label="Payers">
              <TableHead columns={["Name", "Code on claims", { name: "Kind", visibleFrom: "sm" }]} />
              <Table.Tbody>
                {items.map((payer) => (
                  <Table.Tr key={payer.id}>
                    <Table.Td>
                      <Anchor component={Link} to={at(`/billing/payers/${payer.id}`)} inherit fw={600}>
                        {payer.payer_name}
                      </Anchor>{" "}
                      {!payer.is_active && <Tag tone="over">not active</Tag>}
                    </Table.Td>
                    <Table.Td>{payer.payer_code}</Table.Td>
                    <Table.Td visibleFrom="sm">{payer.claim_filing_code}</Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </Paper>
        )}
      </PagedList>
      {adding && <AddPayer onClose={add.close} />}
    </Page>
  );
}

const FIELDS = [
  "payer_name",
  "payer_code",
  "claim_filing_code",
  "telehealth_place_of_service",
  "telehealth_modifier",
] as const;

export function AddPayer({ onClose }: { onClose: () => void }) {
  const begun = {
    payer_name: "",
    payer_code: "",
    claim_filing_code: "CI",
    telehealth_place_of_service: "10",
    telehealth_modifier: "95",
  };
  const [payer, setPayer] = useState(begun);
  const queries = useQueryClient();
  const navigate = useNavigate();
  const at = useAt();
  const add = api.useMutation("post", "/api/billing/payers", {
    onSuccess: (made) => {
      void refreshAfter(queries, "billing.record_created.v1");
      notify.done(`${made.payer_name} is saved.`);
      void navigate(at(`/billing/payers/${made.id}`));
    },
  });
  const errors = fieldErrors(add.error, FIELDS);
  const body = { ...payer, telehealth_modifier: payer.telehealth_modifier || null };
  const field = (name: keyof typeof begun, label: string, description: string, isRequired = true) => (
    <TextInput
      label={label}
      description={description}
      value={payer[name]}
      onChange={(event) => setPayer({ ...payer, [name]: event.currentTarget.value })}
      error={errors.at(name)}
      required={isRequired}
      autoComplete="off"
    />
  );
  return (
    <FormDrawer
      title="Add a payer"
      onClose={onClose}
      submitLabel="Save"
      onSubmit={() => add.mutate({ body })}
      busy={add.isPending}
      dirty={JSON.stringify(payer) !== JSON.stringify(begun)}
      errors={errors}
    >
      {field("payer_name", "Name", "As shown to staff")}
      {field("payer_code", "Code on claims", "The payer's id at the clearing house")}
      <SimpleGrid cols={{ base: 1, xs: 3 }}>
        {field("claim_filing_code", "Kind", "CI commercial, BL Blue Cross, MB Medicare")}
        {field(
          "telehealth_place_of_service",
          "Telehealth place of service",
          "10: by where the client was; 02: always 02",
        )}
        {field("telehealth_modifier", "Video modifier", "95 or GT; may be empty", false)}
      </SimpleGrid>
    </FormDrawer>
  );
}
