import { SimpleGrid } from "@mantine/core";
import { DayField, type FieldErrors, TimeField } from "@/ui";
import type { TypedSpan } from "./span";

interface SpanFieldsProps {
  readonly span: TypedSpan;
  readonly onChange: (span: TypedSpan) => void;
  readonly errors: FieldErrors;
}

/** From when to when, on the site's clock. */
export function SpanFields({ span, onChange, errors }: SpanFieldsProps) {
  return (
    <SimpleGrid cols={{ base: 1, xs: 2 }}>
      <DayField
        label="First day"
        value={span.from}
        onChange={(from) =>
          from && onChange({ ...span, from, to: span.to < from || span.to === span.from ? from : span.to })
        }
        error={errors.at("from")}
        required
      />
      <TimeField
        label="From"
        value={span.fromTime}
        onChange={(fromTime) => onChange({ ...span, fromTime })}
        error={errors.at("fromTime")}
        required
      />
      <DayField
        label="Last day"
        value={span.to}
        onChange={(to) => to && onChange({ ...span, to })}
        error={errors.at("to")}
        required
      />
      <TimeField
        label="Until"
        value={span.toTime}
        onChange={(toTime) => onChange({ ...span, toTime })}
        error={errors.at("toTime")}
        required
      />
    </SimpleGrid>
  );
}
