import { Fieldset, Select, SimpleGrid, TextInput } from "@mantine/core";
import type { Coverage, NewCoverage } from "@/api";
import { today } from "@/time";
import { DayField, type FieldErrors } from "@/ui";
import { GENDERS } from "./fields";
import { zipOf } from "./form";

export const NOBODY = {
  first_name: "",
  last_name: "",
  birth_date: "",
  gender: "U",
  line1: "",
  line2: "",
  city: "",
  state: "",
  postal_code: "",
};
export type SubscriberValues = typeof NOBODY;

export const RELATIONSHIPS = [
  { value: "self", label: "Self" },
  { value: "spouse", label: "Spouse" },
  { value: "child", label: "Child" },
  { value: "other", label: "Other" },
] as const;

interface SubscriberProps {
  readonly values: SubscriberValues;
  readonly onChange: (values: SubscriberValues) => void;
  readonly errors: FieldErrors;
}

/** Where a refusal names what is wrong with each of them. */
const PLACES: Readonly<Record<keyof SubscriberValues, string>> = {
  first_name: "subscriber.first_name",
  last_name: "subscriber.last_name",
  birth_date: "subscriber.birth_date",
  gender: "subscriber.gender",
  line1: "subscriber.address.line1",
  line2: "subscriber.address.line2",
  city: "subscriber.address.city",
  state: "subscriber.address.state",
  postal_code: "subscriber.address.postal_code",
};
export const SUBSCRIBER_FIELDS = [...Object.values(PLACES), "subscriber"];

/** Who holds a plan, where that is not the client. */
export function Subscriber({ values, onChange, errors }: SubscriberProps) {
  const text = (name: keyof SubscriberValues, label: string) => (
    <TextInput
      label={label}
      withAsterisk={name !== "line2"}
      autoComplete="off"
      error={errors.at(PLACES[name])}
      value={values[name]}
      onChange={(event) => onChange({ ...values, [name]: event.currentTarget.value })}
    />
  );
  return (
    <Fieldset legend="Subscriber">
      <SimpleGrid cols={{ base: 1, xs: 2 }}>
        {text("first_name", "First name")}
        {text("last_name", "Last name")}
        <DayField
          label="Date of birth"
          withAsterisk
          error={errors.at(PLACES.birth_date)}
          value={values.birth_date || null}
          onChange={(day) => onChange({ ...values, birth_date: day ?? "" })}
          defaultLevel="decade"
          near="past"
          maxDate={today("UTC")}
        />
        <Select
          label="Gender on the plan"
          allowDeselect={false}
          error={errors.at(PLACES.gender)}
          data={GENDERS}
          value={values.gender}
          onChange={(gender) => onChange({ ...values, gender: gender ?? "U" })}
        />
        {text("line1", "Street")}
        {text("line2", "Apartment or suite")}
        {text("city", "City")}
        {text("state", "State, two letters")}
        {text("postal_code", "Postal code")}
      </SimpleGrid>
      {errors.at("subscriber") && (
        <p role="alert" style={{ color: "var(--mantine-color-error)", fontSize: 14 }}>
          {errors.at("subscriber")}
        </p>
      )}
    </Fieldset>
  );
}

export function personOf(values: SubscriberValues): NonNullable<NewCoverage["subscriber"]> {
  const { first_name, last_name, birth_date, gender, line1, line2, city, state, postal_code } = values;
  return {
    first_name,
    last_name,
    birth_date,
    gender,
    address: {
      line1,
      line2: line2.trim() || null,
      city,
      state: state.toUpperCase(),
      postal_code: zipOf(postal_code),
    },
  };
}

export function valuesOf(person: Coverage["subscriber"]): SubscriberValues {
  if (!person) {
    return NOBODY;
  }
  const { first_name, last_name, birth_date, gender, address } = person;
  const { line1, line2, city, state, postal_code } = address;
  return { first_name, last_name, birth_date, gender, line1, line2: line2 ?? "", city, state, postal_code };
}
