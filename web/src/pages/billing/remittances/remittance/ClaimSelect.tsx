import { Box, Loader } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useState } from "react";
import { api } from "@/api";
import type { components } from "@/api/billing";
import { useClients } from "@/features/people/names";
import { inDollars } from "@/money";
import { typedHere } from "@/time";
import { type Choice, SearchSelect, useFailure } from "@/ui";
import { fitting, isReversalOf } from "../fitting";

const FOUND_AT_MOST = 20;
const TYPING_MS = 150;
const CONTROL_NUMBER = /^(?:hf)?\d+$/i;

interface Props {
  readonly label: string;
  readonly answer: components["schemas"]["ClaimPaymentView"];
  /** Who pays, as the file states. */
  readonly payer: string | null;
  readonly recordId: string | null;
  readonly onChoose: (recordId: string | null) => void;
}

/** The record of a claim that nobody knows by its number: one of the claims with the same charge, found by client, day or number. */
export function ClaimSelect({ label, answer, payer, recordId, onChoose }: Props) {
  const charge = answer.charge.replace("-", "");
  const isReversal = isReversalOf(answer);
  const [typed, setTyped] = useState("");
  const [chosen, setChosen] = useState<Choice | null>(null);
  const [debounced] = useDebouncedValue(typed.trim(), TYPING_MS);
  const words = debounced === chosen?.label ? "" : debounced;
  const number = CONTROL_NUMBER.test(words) ? words : null;
  const day = number ? null : words ? typedHere(words, "past") : answer.service_date;
  const name = words && !number && !day ? words : null;
  const clients = api.useQuery(
    "get",
    "/api/scheduling/clients",
    { params: { query: { q: name ?? "", limit: FOUND_AT_MOST } } },
    { enabled: name !== null },
  );
  const called = name === null ? null : (clients.data?.items.map(({ id }) => id) ?? []);
  const narrowing = number
    ? { control_number: number }
    : day
      ? { service_date: day }
      : called
        ? { client_id: called }
        : null;
  const isAsked = called === null || called.length > 0;
  const query = { total_amount: charge, limit: FOUND_AT_MOST, ...narrowing };
  // Claims that wait and those that are answered are asked for apart, so that many of the one do not hide the other.
  const first = api.useQuery(
    "get",
    "/api/billing/claims",
    { params: { query: narrowing ? { ...query, open: !isReversal } : query } },
    { enabled: isAsked },
  );
  const others = api.useQuery(
    "get",
    "/api/billing/claims",
    { params: { query: { ...query, open: isReversal } } },
    { enabled: isAsked && narrowing !== null },
  );
  const lists = narrowing ? [first, others] : [first];
  const failure = useFailure(...(name === null ? [] : [clients]), ...lists);
  const hasNobody = name !== null && clients.data?.items.length === 0;
  const claims = hasNobody ? [] : lists.flatMap(({ data }) => data?.items ?? []);
  const people = useClients([...new Set(claims.map(({ client_id }) => client_id))]);
  // What is chosen keeps its label: another one would be taken for a search.
  const isNamed = !people.some(({ isAwaited }) => isAwaited);
  const names = new Map(people.map(({ id, name }) => [id, name]));
  const choices = isNamed ? fitting(claims, names, { payer, day: answer.service_date, isReversal }) : [];
  const isSettled =
    debounced === typed.trim() && (hasNobody || lists.every(({ data }) => data !== undefined)) && isNamed;
  const hasMore = !hasNobody && [...lists, ...(name ? [clients] : [])].some(({ data }) => data?.next_cursor);
  return (
    <SearchSelect
      label={label}
      description={<Hint charge={charge} hasMore={hasMore && choices.length > 0} />}
      placeholder={choices.length > 0 ? "Choose" : "Type to find it"}
      value={recordId}
      onChange={(picked) => {
        setChosen(choices.find(({ value }) => value === picked) ?? null);
        onChoose(picked);
      }}
      typed={typed}
      onType={setTyped}
      found={choices}
      chosen={chosen?.value === recordId ? chosen : null}
      isSettled={isSettled}
      failure={failure}
      nothingFoundMessage={`No claim of ${inDollars(charge)} matches`}
      rightSection={
        [...lists, clients].some(({ isFetching }) => isFetching) || !isNamed ? <Loader size={16} /> : undefined
      }
      clearable
      maw={560}
    />
  );
}

const HOW = "Type a client's name, a day of service or a claim's number.";

/** Which claims are listed and how to find another: in the room of the longer text, so that what is below it stays where it is. */
function Hint({ charge, hasMore }: { charge: string; hasMore: boolean }) {
  const texts = [`Claims of ${inDollars(charge)}. ${HOW}`, `More of ${inDollars(charge)} than listed. ${HOW}`];
  return (
    <Box component="span" display="grid">
      {texts.map((text, at) => (
        <Box
          component="span"
          key={text}
          style={{ gridArea: "1 / 1", visibility: at === Number(hasMore) ? "visible" : "hidden" }}
        >
          {text}
        </Box>
      ))}
    </Box>
  );
}
