// A service, found by any words of its name or code.
import { MultiSelect, type MultiSelectProps, type SelectProps } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, type Service } from "@/api";
import { inDollars } from "@/money";
import { type Choice, RETRY, retryOf, SEARCHING, SearchSelect } from "@/ui";
import { serviceInWords, serviceKey, useService } from "./names";
import { type Among, useFound } from "./search";

const CODES_AT_MOST = 100;
const NOT_FOUND = "No matching service";

interface ServiceSelectProps extends Omit<SelectProps, "value" | "onChange" | "data" | "filter" | "ref"> {
  readonly value: string | null;
  readonly onChange: (serviceId: string | null, service: Service | null) => void;
  readonly among?: Among;
  /** What is not offered again, by its ids. */
  readonly except?: ReadonlySet<string>;
  readonly withRate?: boolean;
}

/** A service by its id. */
export function ServiceSelect({ value, onChange, ...props }: ServiceSelectProps) {
  const queries = useQueryClient();
  const chosen = useService(value);

  function choose(service: Service | null): void {
    if (service) {
      // Known at once: a field whose choice is not known yet keeps its form from being sent.
      queries.setQueryData(serviceKey(service.id), service);
    }
    onChange(service?.id ?? null, service);
  }

  return <Field {...props} chosen={value === null ? null : chosen} onChoose={choose} />;
}

/** A service by its code. */
export function ServiceCodeSelect({
  value,
  onChange,
  ...props
}: Omit<ServiceSelectProps, "onChange"> & { onChange: (code: string | null) => void }) {
  const queries = useQueryClient();
  const [chosen] = useByCodes(value ? [value] : []);

  function choose(service: Service | null): void {
    if (service) {
      // As above.
      queries.setQueryData(withCodes([service.service_code]).queryKey, { items: [service], next_cursor: null });
    }
    onChange(service?.service_code ?? null);
  }

  return <Field {...props} chosen={value ? chosen : null} onChoose={choose} />;
}

interface FieldProps extends Omit<ServiceSelectProps, "value" | "onChange"> {
  /** Undefined while the chosen one is not known yet. */
  readonly chosen: Service | null | undefined;
  readonly onChoose: (service: Service | null) => void;
}

function Field({ chosen, onChoose, among = {}, except, withRate, ...props }: FieldProps) {
  const [typed, setTyped] = useState("");
  const inWords = (service: Service) =>
    `${serviceInWords(service)}${withRate ? ` · ${inDollars(service.base_rate)}` : ""}`;
  // What stands in the field after a choice is a name, not a search.
  const isSearch = !(chosen && typed === inWords(chosen));
  const { services, isSettled, failure } = useFound(isSearch ? typed : "", among);
  const offered = services.filter(({ id }) => id === chosen?.id || !except?.has(id));
  const choiceOf = (service: Service) => ({ value: service.id, label: inWords(service) });
  return (
    <SearchSelect
      placeholder="Type a code or a name"
      {...props}
      value={chosen?.id ?? null}
      typed={typed}
      onType={setTyped}
      isSettled={isSettled}
      failure={failure}
      chosen={chosen ? choiceOf(chosen) : null}
      found={offered.map(choiceOf)}
      onChange={(id) => onChoose(offered.find((service) => service.id === id) ?? null)}
      nothingFoundMessage={NOT_FOUND}
    />
  );
}

interface ServiceCodesProps extends Omit<MultiSelectProps, "value" | "onChange" | "data" | "filter"> {
  readonly value: readonly string[];
  readonly onChange: (codes: string[]) => void;
  /** A code that is not offered. */
  readonly except?: string | undefined;
}

/** Several services by their codes, also those that are not offered any more. */
export function ServiceCodes({ value, onChange, except, ...props }: ServiceCodesProps) {
  const [typed, setTyped] = useState("");
  const chosen = useByCodes(value);
  const { services, isSettled, failure } = useFound(typed, { inactive: true });
  const offered = services.filter(({ service_code }) => service_code !== except && !value.includes(service_code));
  const options = [...chosen, ...offered].map((service) => ({
    value: service.service_code,
    label: serviceInWords(service),
  }));

  function choose(picked: string[]): void {
    if (failure && picked.includes(RETRY)) {
      failure.retry();
    } else {
      onChange(picked);
    }
  }

  return (
    <MultiSelect
      {...props}
      searchable
      selectFirstOptionOnChange={isSettled && typed.trim() !== ""}
      hidePickedOptions
      value={[...value]}
      onChange={choose}
      {...(failure ? { onDropdownOpen: failure.retry } : {})}
      searchValue={typed}
      onSearchChange={setTyped}
      filter={({ options }) => options}
      clearSearchOnChange={failure === null}
      data={failure ? [...options, inOneLine(retryOf(failure))] : options}
      nothingFoundMessage={isSettled ? NOT_FOUND : SEARCHING}
    />
  );
}

function inOneLine({ value, label, about }: Choice) {
  return { value, label: `${label}. ${about}` };
}

/** The services with these codes, as far as the catalog has them. */
export function useByCodes(codes: readonly string[]): readonly Service[] {
  const found = useQuery({
    ...withCodes(codes),
    enabled: codes.length > 0,
    placeholderData: (before) => before,
  });
  return (found.data?.items ?? []).filter(({ service_code }) => codes.includes(service_code));
}

function withCodes(codes: readonly string[]) {
  const code = [...codes].sort().slice(0, CODES_AT_MOST);
  return api.queryOptions("get", "/api/catalog/services", { params: { query: { code, limit: CODES_AT_MOST } } });
}
