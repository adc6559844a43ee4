import { Checkbox, SimpleGrid, TextInput } from "@mantine/core";
import { useNetworkZone } from "@/features/site";
import { today } from "@/time";
import { AmountInput, type FieldErrors } from "@/ui";
import { DiagnosesInput } from "./DiagnosesInput";
import type { Field, Typed } from "./form";

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
      {fields.map(({ name, label, hint, optional, type }) => {
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
        return type === "amount" ? (
          <AmountInput
            key={name}
            label={label}
            description={hint}
            value={typed[name] ?? ""}
            onChange={(value) => onType({ ...typed, [name]: value })}
            error={error}
            required={!optional}
          />
        ) : (
          <TextInput
            key={name}
            label={label}
            description={hint}
            type={type === "date" ? "date" : "text"}
            inputMode={type === "number" ? "numeric" : undefined}
            value={typed[name] ?? ""}
            onChange={(event) => onType({ ...typed, [name]: event.currentTarget.value })}
            error={error}
            required={!optional}
            autoComplete="off"
          />
        );
      })}
    </SimpleGrid>
  );
}
