import { Checkbox, Select, SimpleGrid, TextInput } from "@mantine/core";
import { useNetworkZone } from "@/features/site";
import { today } from "@/time";
import { DayField, type FieldErrors } from "@/ui";
import { DiagnosesInput } from "./DiagnosesInput";
import type { Field, Typed } from "./form";

const BIRTHDAY = { near: "past", defaultLevel: "decade" } as const;

interface FieldsProps {
  readonly fields: readonly Field[];
  readonly typed: Typed;
  readonly onType: (typed: Typed) => void;
  readonly errors: FieldErrors;
}

/** The fields of a form, each with what is wrong with it. */
export function Fields({ fields, typed, onType, errors }: FieldsProps) {
  const zone = useNetworkZone();
  const now = today(zone);
  return (
    <SimpleGrid cols={{ base: 1, xs: 2 }}>
      {fields.map(({ name, label, hint, optional, type, choices }) => {
        const error = errors.at(name);
        if (type === "flag") {
          return (
            <Checkbox
              key={name}
              label={label}
              description={hint}
              checked={typed[name] === "true"}
              onChange={(event) => onType({ ...typed, [name]: String(event.currentTarget.checked) })}
              error={error}
            />
          );
        }
        if (type === "diagnoses") {
          return (
            <DiagnosesInput
              key={name}
              label={label}
              description={hint}
              value={(typed[name] ?? "").split(" ").filter(Boolean)}
              onChange={(codes) => onType({ ...typed, [name]: codes.join(" ") })}
              validOn={now}
              error={error}
            />
          );
        }
        const common = { label, description: hint, required: !optional };
        const value = typed[name] ?? "";
        // What the services say of an empty text is about its form.
        const chosenError = error && !value ? "This is required." : error;
        if (type === "date" || type === "birthday") {
          return (
            <DayField
              key={name}
              {...common}
              {...(type === "birthday" ? { ...BIRTHDAY, maxDate: now } : { near: "nearest" })}
              clearable
              value={value || null}
              onChange={(day) => onType({ ...typed, [name]: day ?? "" })}
              error={chosenError}
            />
          );
        }
        if (type === "choice") {
          return (
            <Select
              key={name}
              {...common}
              data={choices ?? []}
              value={value || null}
              onChange={(chosen) => onType({ ...typed, [name]: chosen ?? "" })}
              allowDeselect={false}
              error={chosenError}
            />
          );
        }
        return (
          <TextInput
            key={name}
            {...common}
            inputMode={type === "number" ? "numeric" : undefined}
            value={value}
            onChange={(event) => onType({ ...typed, [name]: event.currentTarget.value })}
            error={error}
            autoComplete="off"
          />
        );
      })}
    </SimpleGrid>
  );
}
