import { Autocomplete, Group, Select, SimpleGrid, Textarea, TextInput } from "@mantine/core";
import { ServiceCodes } from "@/features/services/ServiceSelect";
import { type FieldErrors, MinutesField, NumberField } from "@/ui";
import { type Facts, NAMES, ofKind } from "./facts";
import { BILLED_PER, CLAIMABLE, KINDS, optionsOf, TYPES } from "./labels";
import { useCategories } from "./useCatalog";

interface FactsFieldsProps {
  readonly facts: Facts;
  readonly set: <Field extends keyof Facts>(field: Field, value: Facts[Field]) => void;
  readonly errors: FieldErrors;
  /** Its own code, which it cannot refer to. */
  readonly code?: string;
}

/** The fields of a service, but for code and price. */
export function FactsFields({ facts, set, errors, code }: FactsFieldsProps) {
  const categories = useCategories();
  const change = (changes: Partial<Facts>) => {
    for (const [field, value] of Object.entries(changes) as [keyof Facts, Facts[keyof Facts]][]) {
      set(field, value);
    }
  };
  const many = (field: "components" | "requires_primary" | "excludes_same_day", description: string) => (
    <ServiceCodes
      label={NAMES[field]}
      description={description}
      except={code}
      value={facts[field]}
      onChange={(value) => set(field, value)}
      error={errors.at(field)}
    />
  );
  const number = (field: "max_units_per_day" | "min_clients") => ({
    label: NAMES[field],
    value: facts[field] === "" ? null : facts[field],
    onChange: (value: number | null) => set(field, value ?? ""),
    error: errors.at(field),
  });
  const minutes = (field: "standard_duration" | "min_minutes" | "max_minutes", description: string) => (
    <MinutesField
      label={NAMES[field]}
      description={description}
      value={facts[field] === "" ? null : facts[field]}
      onChange={(value) => set(field, value ?? "")}
      error={errors.at(field)}
      required={field === "standard_duration"}
    />
  );

  return (
    <>
      <TextInput
        label={NAMES.service_name}
        value={facts.service_name}
        onChange={(event) => set("service_name", event.currentTarget.value)}
        error={errors.at("service_name")}
        maxLength={200}
        required
      />
      <SimpleGrid cols={{ base: 1, xs: 2 }}>
        <Select
          label={NAMES.service_type}
          data={optionsOf(TYPES)}
          value={facts.service_type}
          onChange={(value) => value && set("service_type", value)}
          error={errors.at("service_type")}
          allowDeselect={false}
        />
        <Select
          label={NAMES.kind}
          data={optionsOf(KINDS)}
          value={facts.kind}
          onChange={(value) => value && value !== facts.kind && change(ofKind(value))}
          renderOption={({ option }) => <Explained words={KINDS[option.value as keyof typeof KINDS]} />}
          error={errors.at("kind")}
          allowDeselect={false}
        />
      </SimpleGrid>
      {facts.kind === "composite" && many("components", "Two codes or more; their rates make up its price.")}
      {facts.kind === "add_on" && many("requires_primary", "With any service when empty.")}
      <SimpleGrid cols={{ base: 1, xs: 3 }}>
        {minutes("standard_duration", "Booked duration")}
        {minutes("min_minutes", "Minutes for this code")}
        {minutes("max_minutes", "Minutes for this code")}
      </SimpleGrid>
      <SimpleGrid cols={{ base: 1, xs: 2 }}>
        <Autocomplete
          label={NAMES.billing_category}
          description="Groups services in reports"
          data={categories}
          value={facts.billing_category}
          onChange={(value) => set("billing_category", value)}
          error={errors.at("billing_category")}
        />
        <Select
          label={NAMES.claimable}
          description="Insurance or client"
          data={optionsOf(CLAIMABLE)}
          value={facts.claimable || null}
          onChange={(value) => set("claimable", value ?? "")}
          placeholder="Default for its kind"
          renderOption={({ option }) => <Explained words={CLAIMABLE[option.value as keyof typeof CLAIMABLE]} />}
          error={errors.at("claimable")}
          clearable
        />
      </SimpleGrid>
      <Group grow preventGrowOverflow={false} align="flex-start">
        <div style={{ flex: "2 1 240px" }}>
          {many("excludes_same_day", "Codes that cannot be billed on the same day")}
        </div>
        <NumberField
          {...number("max_units_per_day")}
          description="Per client"
          most={100}
          clearable
          style={{ flex: "1 1 140px" }}
        />
      </Group>
      <SimpleGrid cols={{ base: 1, xs: 2 }}>
        <NumberField {...number("min_clients")} description="In one session" most={50} />
        <Select
          label={NAMES.billed_per}
          description="When several clients attend"
          data={optionsOf(BILLED_PER)}
          value={facts.billed_per}
          onChange={(value) => value && set("billed_per", value)}
          renderOption={({ option }) => <Explained words={BILLED_PER[option.value as keyof typeof BILLED_PER]} />}
          error={errors.at("billed_per")}
          allowDeselect={false}
        />
      </SimpleGrid>
      <Textarea
        label={NAMES.description}
        description="For staff only."
        value={facts.description}
        onChange={(event) => set("description", event.currentTarget.value)}
        error={errors.at("description")}
        autosize
        minRows={2}
        maxLength={2000}
      />
    </>
  );
}

function Explained({ words: [name, about] }: { words: readonly [string, string] }) {
  return (
    <div>
      <div>{name}</div>
      <div style={{ fontSize: 12.5, color: "var(--mantine-color-dimmed)" }}>{about}</div>
    </div>
  );
}
