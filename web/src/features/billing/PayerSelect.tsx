// A payer, found by any words of its name or code; lists of payers may be longer than anybody scrolls.
import type { SelectProps } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQueries, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "@/api";
import { SearchSelect, useFailure } from "@/ui";

const FOUND_AT_MOST = 20;
const TYPING_MS = 150;

interface PayerSelectProps extends Omit<SelectProps, "value" | "onChange" | "data" | "filter" | "ref"> {
  readonly value: string | null;
  readonly onChange: (payerId: string | null) => void;
}

/** The names of these payers by their ids; those that are not known yet are absent. */
export function usePayerNames(ids: readonly string[]): ReadonlyMap<string, string> {
  return useQueries({
    queries: [...new Set(ids)].map(payerWithId),
    combine: (found) => new Map(found.flatMap(({ data }) => (data ? [[data.id, data.payer_name] as const] : []))),
  });
}

export function PayerSelect({ value, onChange, ...props }: PayerSelectProps) {
  const queries = useQueryClient();
  const [typed, setTyped] = useState("");
  const [words] = useDebouncedValue(typed.trim(), TYPING_MS);
  const chosen = usePayerNames(value ? [value] : []).get(value ?? "");
  // After a choice the field has a name in it, which is no search.
  const search = words === chosen ? "" : words;
  const found = api.useQuery(
    "get",
    "/api/billing/payers",
    { params: { query: { is_active: true, limit: FOUND_AT_MOST, ...(search ? { q: search } : {}) } } },
    { placeholderData: (before) => before },
  );
  const failure = useFailure(found);
  const payers = found.data?.items ?? [];
  const isNone = found.data !== undefined && !search && payers.length === 0;

  function pick(id: string | null): void {
    const picked = payers.find((each) => each.id === id);
    if (picked) {
      // Known at once: a field whose choice is not known yet keeps its form from being sent.
      queries.setQueryData(payerWithId(picked.id).queryKey, picked);
    }
    onChange(id);
  }

  return (
    <SearchSelect
      {...props}
      value={value}
      typed={typed}
      onType={setTyped}
      isSettled={words === typed.trim() && found.data !== undefined && !found.isPlaceholderData}
      failure={failure}
      chosen={value && chosen ? { value, label: chosen } : null}
      // The service has searched already, in every word of name and code.
      found={payers.map(({ id, payer_name }) => ({ value: id, label: payer_name }))}
      onChange={pick}
      nothingFoundMessage="No matching payer; payers are added under Billing."
      {...(isNone ? { description: "There is no payer yet; payers are added under Billing." } : {})}
    />
  );
}

function payerWithId(payer_id: string) {
  return api.queryOptions("get", "/api/billing/payers/{payer_id}", { params: { path: { payer_id } } });
}
