import { SimpleGrid, TextInput } from "@mantine/core";
import type { TypedSpan } from "./span";

interface SpanFieldsProps {
  readonly span: TypedSpan;
  readonly onChange: (span: TypedSpan) => void;
  readonly error?: string | undefined;
}

/** From when to when, on the site's clock. */
export function SpanFields({ span, onChange, error }: SpanFieldsProps) {
  const field = (name: keyof TypedSpan, label: string, type: "date" | "time") => (
    <TextInput
      type={type}
      label={label}
      value={span[name]}
      onChange={(event) => {
        const value = event.currentTarget.value;
        const follows = name === "from" && (span.to < value || span.to === span.from) ? { to: value } : {};
        onChange({ ...span, [name]: value, ...follows });
      }}
      error={name === "toTime" ? error : Boolean(error)}
      required
    />
  );
  return (
    <SimpleGrid cols={{ base: 1, xs: 2 }}>
      {field("from", "First day", "date")}
      {field("fromTime", "From", "time")}
      {field("to", "Last day", "date")}
      {field("toTime", "Until", "time")}
    </SimpleGrid>
  );
}
