import { SimpleGrid } from "@mantine/core";
import { DayField, TimeField } from "@/ui";
import type { TypedSpan } from "./span";

interface SpanFieldsProps {
  readonly span: TypedSpan;
  readonly onChange: (span: TypedSpan) => void;
  readonly error?: string | undefined;
}

/** From when to when, on the site's clock. */
export function SpanFields({ span, onChange, error }: SpanFieldsProps) {
  const wrong = Boolean(error);
  return (
    <SimpleGrid cols={{ base: 1, xs: 2 }}>
      <DayField
        label="First day"
        value={span.from}
        onChange={(from) =>
          from && onChange({ ...span, from, to: span.to < from || span.to === span.from ? from : span.to })
        }
        error={wrong}
        required
      />
      <TimeField
        label="From"
        value={span.fromTime}
        onChange={(fromTime) => onChange({ ...span, fromTime })}
        error={wrong}
        required
      />
      <DayField
        label="Last day"
        value={span.to}
        onChange={(to) => to && onChange({ ...span, to })}
        error={wrong}
        required
      />
      <TimeField
        label="Until"
        value={span.toTime}
        onChange={(toTime) => onChange({ ...span, toTime })}
        error={error}
        required
      />
    </SimpleGrid>
  );
}
