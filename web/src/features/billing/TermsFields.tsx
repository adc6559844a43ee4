import { SimpleGrid, Switch, Text, TextInput } from "@mantine/core";
import { dayInWords } from "@/time";
import { AmountInput, type FieldErrors } from "@/ui";
import { TERMS, type Terms } from "./terms";

type Typed = Exclude<keyof Terms, "copay_after_deductible">;

interface Props {
  readonly values: Terms;
  readonly set: (name: Typed, text: string) => void;
  readonly setCopayCounts: (counts: boolean) => void;
  readonly errors: Pick<FieldErrors, "at">;
  /** The day from whose beginning on it counts. */
  readonly asOf: string;
}

/** What a plan leaves to the client, and what is left of its limits. */
export function TermsFields({ values, set, setCopayCounts, errors, asOf }: Props) {
  const field = (name: Typed) => ({
    label: TERMS[name],
    value: values[name],
    error: errors.at(name),
  });
  const amount = (name: "copay" | "deductible_remaining" | "out_of_pocket_remaining") => ({
    ...field(name),
    onChange: (text: string) => set(name, text),
  });
  const typed = (name: "coinsurance_percent" | "authorization_number" | "visits_authorized") => ({
    ...field(name),
    autoComplete: "off",
    onChange: (event: React.ChangeEvent<HTMLInputElement>) => set(name, event.currentTarget.value),
  });
  return (
    <>
      <SimpleGrid cols={{ base: 1, xs: 2 }}>
        <AmountInput placeholder="0.00" {...amount("copay")} />
        <TextInput placeholder="0" rightSection="%" inputMode="decimal" {...typed("coinsurance_percent")} />
        <AmountInput placeholder="0.00" {...amount("deductible_remaining")} />
        <AmountInput placeholder="No limit" {...amount("out_of_pocket_remaining")} />
        <TextInput maxLength={80} {...typed("authorization_number")} />
        <TextInput placeholder="No limit" inputMode="numeric" {...typed("visits_authorized")} />
      </SimpleGrid>
      <Text size="xs" c="dimmed">
        What is entered as remaining counts from the start of {dayInWords(asOf)}: visits from that day on reduce it
        automatically.
      </Text>
      <Switch
        label={TERMS.copay_after_deductible}
        checked={values.copay_after_deductible}
        onChange={(event) => setCopayCounts(event.currentTarget.checked)}
      />
    </>
  );
}
