// A service that is offered, found by any words of its name or code; its value is the code.
import { Select, type SelectProps } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useState } from "react";
import { api } from "@/api";

const FOUND_AT_MOST = 20;
const TYPING_MS = 150;

interface ServiceSelectProps extends Omit<SelectProps, "value" | "onChange" | "data"> {
  readonly value: string | null;
  readonly onChange: (code: string | null) => void;
}

export function ServiceSelect({ value, onChange, ...props }: ServiceSelectProps) {
  const [typed, setTyped] = useState("");
  const [label, setLabel] = useState("");
  const [words] = useDebouncedValue(typed.trim(), TYPING_MS);
  // After a choice the field has a service in it, which is no search.
  const search = words === label ? "" : words;
  const found = api.useQuery(
    "get",
    "/api/catalog/services",
    { params: { query: { is_active: true, limit: FOUND_AT_MOST, ...(search ? { q: search } : {}) } } },
    { placeholderData: (before) => before },
  );
  const services = (found.data?.items ?? []).map(({ service_code, service_name }) => ({
    value: service_code,
    label: `${service_code} ${service_name}`,
  }));
  const isListed = services.some((service) => service.value === value);
  return (
    <Select
      {...props}
      searchable
      value={value}
      searchValue={typed}
      onSearchChange={setTyped}
      // The service has searched already, in every word of name and code.
      filter={({ options }) => options}
      data={[...(value && !isListed ? [{ value, label: label || value }] : []), ...services]}
      onChange={(code, option) => {
        setLabel(option?.label ?? "");
        onChange(code);
      }}
      nothingFoundMessage="No matching service"
    />
  );
}
