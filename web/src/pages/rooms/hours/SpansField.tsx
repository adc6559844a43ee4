import { ActionIcon, Button, Group, Stack, Text } from "@mantine/core";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import { TimeField } from "@/ui";
import { isMissing, MISSING, nextSpan, type Span, shown, typedEnd } from "./week";

interface SpansFieldProps {
  /** Whose hours these are. */
  readonly name: string;
  readonly spans: Span[];
  readonly onChange: (spans: Span[]) => void;
  readonly error?: string | undefined;
}

/** The open spans of one day; none mean closed. */
export function SpansField({ name, spans, onChange, error }: SpansFieldProps) {
  const put = (index: number, span: Span) => onChange(spans.map((each, other) => (other === index ? span : each)));
  // What is missing is shown by its own field.
  const hasError = Boolean(error) && error !== MISSING;
  return (
    <Group role="group" aria-label={name} align="flex-start" gap="sm">
      <Text fw={600} size="sm" w={92} pt={8}>
        {name}
      </Text>
      <Stack gap={6} style={{ flex: "1 1 240px" }}>
        {spans.length === 0 && (
          <Text size="sm" c="dimmed" pt={8}>
            Closed
          </Text>
        )}
        {spans.map(([from, to], index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a span has no name but its place
          <Group key={index} gap={6} wrap="nowrap" align="flex-start">
            <TimeField
              aria-label={`${name} opens, span ${index + 1}`}
              value={shown(from)}
              onChange={(time) => put(index, [time, to])}
              error={isMissing(from) ? MISSING : hasError}
            />
            <Text size="sm" pt={8}>
              to
            </Text>
            <TimeField
              aria-label={`${name} closes, span ${index + 1}`}
              value={shown(to)}
              onChange={(time) => put(index, [from, typedEnd(time)])}
              error={isMissing(to) ? MISSING : hasError}
            />
            <ActionIcon
              variant="subtle"
              color="gray"
              size={36}
              aria-label={`Remove span ${index + 1} of ${name}`}
              onClick={() => onChange(spans.filter((_, other) => other !== index))}
            >
              <IconTrash size={17} />
            </ActionIcon>
          </Group>
        ))}
        {hasError && (
          <Text size="sm" c="var(--mantine-color-error)" role="alert">
            {error}
          </Text>
        )}
      </Stack>
      <Button
        variant="subtle"
        size="compact-sm"
        mt={6}
        leftSection={<IconPlus size={15} aria-hidden />}
        onClick={() => onChange([...spans, nextSpan(spans)])}
      >
        {spans.length > 0 ? "Add a span" : "Open"}
      </Button>
    </Group>
  );
}
