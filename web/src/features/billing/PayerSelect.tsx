// A payer, found by any words of its name or code; lists of payers may be longer than anybody scrolls.
import { Select, type SelectProps } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQueries } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "@/api";

const FOUND_AT_MOST = 20;
const TYPING_MS = 150;

interface PayerSelectProps extends Omit<SelectProps, "value" | "onChange" | "data"> {
  readonly value: string | null;
  readonly onChange: (payerId: string | null) => void;
}

/** The names of these payers by their ids; those that are not known yet are absent. */
export function usePayerNames(ids: readonly string[]): ReadonlyMap<string, string> {
  return useQueries({
    queries: [...new Set(ids)].map((payer_id) =>
      api.queryOptions("get", "/api/billing/payers/{payer_id}", { params: { path: { payer_id } } }),
    ),
    combine: (found) => new Map(found.flatMap(({ data }) => (data ? [[data.id, data.payer_name] as const] : []))),
  });
}

export function PayerSelect({ value, onChange, ...props }: PayerSelectProps) {
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
  const payers = found.data?.items ?? [];
  const isListed = payers.some(({ id }) => id === value);
  const isNone = found.data !== undefined && !search && payers.length === 0;
  return (
    <Select
      {...props}
      searchable
      allowDeselect={false}
      value={value}
      searchValue={typed}
      onSearchChange={setTyped}
      // The service has searched already, in every word of name and code.
      filter={({ options }) => options}
      data={[
        ...(value && chosen && !isListed ? [{ value, label: chosen }] : []),
        ...payers.map(({ id, payer_name }) => ({ value: id, label: payer_name })),
      ]}
      onChange={onChange}
      nothingFoundMessage="No matching payer; payers are added under Billing."
      {...(isNone ? { description: "There is no payer yet; payers are added under Billing." } : {})}
    />
  );
}
