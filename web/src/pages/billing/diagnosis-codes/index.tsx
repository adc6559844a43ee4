// The list of diagnosis codes: searched, and imported from a sheet after a look at what it would do.
import { Button, Paper, Table, Text } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "@/api";
import { useNetworkZone } from "@/features/site";
import { dateInWords, today } from "@/time";
import {
  Confirm,
  Empty,
  fieldErrors,
  Page,
  PagedList,
  ProblemNotice,
  SearchField,
  TableHead,
  Tag,
  usePages,
} from "@/ui";
import { numberInWords } from "@/ui/text";
import classes from "../Billing.module.css";
import { BillingPlaces } from "../BillingPlaces";
import { ImportCodes } from "./ImportCodes";
import { useRemoval } from "./useRemoval";

const ON_A_PAGE = 50;
const TYPING_MS = 200;

export function Component() {
  const totals = api.useQuery("get", "/api/billing/diagnosis-codes/totals");
  const [isRemoving, setRemoving] = useState(false);
  const removal = useRemoval(() => setRemoving(false));
  const count = totals.data?.codes ?? 0;
  return (
    <Page
      title="Diagnosis codes"
      about={
        totals.data &&
        (count > 0
          ? `${numberInWords(count)} ${count === 1 ? "code" : "codes"}, from ${dateInWords(totals.data.first_day ?? "")} on. A diagnosis must be valid on the date of service.`
          : "No list yet: diagnoses are checked by their form only.")
      }
      actions={
        count > 0 && (
          <Button
            variant="default"
            onClick={() => {
              removal.reset();
              setRemoving(true);
            }}
          >
            Remove the list
          </Button>
        )
      }
    >
      <BillingPlaces />
      {totals.error ? <ProblemNotice error={totals.error} onRetry={() => void totals.refetch()} /> : null}
      <ImportCodes />
      {count > 0 && <Codes />}
      {isRemoving && (
        <Confirm
          title="Remove the list of diagnosis codes?"
          opened
          submitLabel="Remove the list"
          onSubmit={() => removal.mutate()}
          onClose={() => setRemoving(false)}
          busy={removal.isPending}
          grave
          errors={fieldErrors(removal.error, [])}
        >
          <Text size="sm">Diagnoses are then checked by their form only. Clients and sessions keep theirs.</Text>
        </Confirm>
      )}
    </Page>
  );
}

function Codes() {
  const zone = useNetworkZone();
  const now = today(zone);
  const [typed, setTyped] = useState("");
  const [words] = useDebouncedValue(typed.trim(), TYPING_MS);
  const pages = usePages(words);
  const { cursor } = pages;
  const codes = api.useQuery(
    "get",
    "/api/billing/diagnosis-codes",
    { params: { query: { limit: ON_A_PAGE, ...(words ? { q: words } : {}), ...(cursor ? { cursor } : {}) } } },
    { placeholderData: keepPreviousData },
  );
  return (
    <>
      <SearchField
        label="Find a code"
        placeholder="Code or words of the description"
        value={typed}
        onChange={setTyped}
        maw={420}
      />
      <PagedList
        query={codes}
        pages={pages}
        empty={
          <Empty title="No matching code">
            <Text size="sm">Try fewer words, or the beginning of a code such as F41.</Text>
          </Empty>
        }
      >
        {(items) => (
          <Paper withBorder>
            <Table verticalSpacing={6} aria-label="Diagnosis codes">
              <TableHead columns={["Code", "Description", "Valid"]} />
              <Table.Tbody>
                {items.map(({ code, description, valid_from, valid_until }) => (
                  <Table.Tr key={`${code} ${valid_from}`}>
                    <Table.Td className={classes.code ?? ""}>{code}</Table.Td>
                    <Table.Td>{description}</Table.Td>
                    <Table.Td>
                      from {dateInWords(valid_from)}
                      {valid_until && ` to ${dateInWords(valid_until)}`}{" "}
                      {valid_until && valid_until < now && <Tag tone="over">ended</Tag>}
                      {valid_from > now && <Tag tone="waiting">later</Tag>}
                    </Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </Paper>
        )}
      </PagedList>
    </>
  );
}
