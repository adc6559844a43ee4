// What people write about a service, as a form has it and as the catalog takes it.
import type { Service } from "@/api";
import {
  BILLED_PER,
  type BilledPer,
  CLAIMABLE,
  type Claimable,
  KINDS,
  type Kind,
  type ServiceType,
  TYPES,
  takes,
} from "./labels";

/** Everything but code and price, which never change by editing. */
export interface Facts {
  service_name: string;
  service_type: ServiceType;
  kind: Kind;
  standard_duration: number | "";
  min_minutes: number | "";
  max_minutes: number | "";
  billing_category: string;
  claimable: Claimable | "";
  components: string[];
  requires_primary: string[];
  excludes_same_day: string[];
  max_units_per_day: number | "";
  billed_per: BilledPer;
  min_clients: number | "";
  description: string;
}

export const NAMES: Readonly<Record<keyof Facts, string>> = {
  service_name: "Name",
  service_type: "Type",
  kind: "Kind",
  standard_duration: "Duration",
  min_minutes: "Shortest",
  max_minutes: "Longest",
  billing_category: "Category",
  claimable: "Claimable",
  components: "Components",
  requires_primary: "Only with",
  excludes_same_day: "Not on the same day as",
  max_units_per_day: "At most a day",
  billed_per: "Billed per",
  min_clients: "Clients at least",
  description: "Description",
};

export const FIELDS = Object.keys(NAMES) as (keyof Facts)[];

export const NEW: Facts = {
  service_name: "",
  service_type: "psychotherapy",
  kind: "base",
  standard_duration: "",
  min_minutes: "",
  max_minutes: "",
  billing_category: "",
  claimable: "",
  components: [],
  requires_primary: [],
  excludes_same_day: [],
  max_units_per_day: "",
  billed_per: "client",
  min_clients: 1,
  description: "",
};

export function factsOf(service: Service): Facts {
  return {
    service_name: service.service_name,
    service_type: service.service_type,
    kind: service.kind ?? NEW.kind,
    standard_duration: service.standard_duration,
    min_minutes: service.min_minutes ?? "",
    max_minutes: service.max_minutes ?? "",
    billing_category: service.billing_category ?? "",
    claimable: service.claimable,
    components: service.components ?? [],
    requires_primary: service.requires_primary ?? [],
    excludes_same_day: service.excludes_same_day ?? [],
    max_units_per_day: service.max_units_per_day ?? "",
    billed_per: service.billed_per ?? NEW.billed_per,
    min_clients: service.min_clients ?? NEW.min_clients,
    description: service.description ?? "",
  };
}

/** With another kind, what only the former kind has goes away, and who pays is as usual again. */
export function ofKind(kind: Kind): Partial<Facts> {
  return {
    kind,
    claimable: "",
    ...(kind === "composite" ? {} : { components: [] }),
    ...(kind === "add_on" ? {} : { requires_primary: [] }),
  };
}

const NULL_WHEN_EMPTY = ["min_minutes", "max_minutes", "max_units_per_day"] as const;

const NEEDED = ["standard_duration", "claimable", "min_clients"] as const;

type Written = Omit<Facts, (typeof NEEDED)[number] | (typeof NULL_WHEN_EMPTY)[number]> & {
  standard_duration: number;
  claimable: Claimable;
  min_clients: number;
  min_minutes: number | null;
  max_minutes: number | null;
  max_units_per_day: number | null;
};

/** What is written, for the request: an empty limit is none, and what is empty but needed is left out, and the catalog names it. */
export function written(facts: Partial<Facts>): Partial<Written> {
  return Object.fromEntries(
    Object.entries(facts)
      .filter(([field, value]) => value !== "" || !isNeeded(field))
      .map(([field, value]) => [field, value === "" && isLimit(field) ? null : value]),
  );
}

function isNeeded(field: string): boolean {
  return (NEEDED as readonly string[]).includes(field);
}

function isLimit(field: string): boolean {
  return (NULL_WHEN_EMPTY as readonly string[]).includes(field);
}

/** A fact in words, for comparing. */
export function inWords(field: keyof Facts, value: unknown): string {
  if (value === "" || (Array.isArray(value) && value.length === 0)) {
    return "nothing";
  }
  if (Array.isArray(value)) {
    return value.join(", ");
  }
  switch (field) {
    case "service_type":
      return TYPES[value as ServiceType];
    case "kind":
      return KINDS[value as Kind][0];
    case "claimable":
      return CLAIMABLE[value as Claimable][0];
    case "billed_per":
      return BILLED_PER[value as BilledPer][0];
    case "standard_duration":
      return takes(Number(value));
    case "min_minutes":
    case "max_minutes":
      return `${value} min`;
    case "min_clients":
      return value === 1 ? "one client" : `${value} clients`;
    default:
      return String(value);
  }
}
