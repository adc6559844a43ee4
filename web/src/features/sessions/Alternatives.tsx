// What else would do, ranked: where, when, and why it is this far up.
import { Badge, Button, Group, Stack, Text } from "@mantine/core";
import type { Alternative } from "@/api";
import { dayInWords, dayOf, spanInWords } from "@/time";
import classes from "./Alternatives.module.css";

interface AlternativesProps {
  readonly alternatives: readonly Alternative[];
  readonly zone: string;
  /** The day that was requested; other days are named. */
  readonly day: string;
  readonly onChoose: (alternative: Alternative) => void;
  readonly busy?: string | null;
  readonly verb?: string;
}

/** Alternatives to choose from, the best first, one click each. */
export function Alternatives({
  alternatives,
  zone,
  day,
  onChoose,
  busy = null,
  verb = "Book this",
}: AlternativesProps) {
  if (alternatives.length === 0) {
    return null;
  }
  return (
    <Stack gap="xs" component="ul" m={0} p={0} aria-label="Alternatives">
      {alternatives.map((alternative, index) => (
        <li key={alternative.id} className={classes.alternative} data-best={index === 0 || undefined}>
          <div>
            <Text fw={650} className="numbers">
              {whenAndWhere(alternative, zone, day)}
            </Text>
            <Group gap={6} mt={4}>
              {alternative.reasons.map((reason) => (
                <Badge key={reason} variant="default" size="sm" fw={500} tt="none">
                  {reason}
                </Badge>
              ))}
            </Group>
          </div>
          <Button
            variant={index === 0 ? "filled" : "default"}
            size="sm"
            loading={busy === alternative.id}
            disabled={busy !== null && busy !== alternative.id}
            onClick={() => onChoose(alternative)}
            aria-label={`${verb} ${whenAndWhere(alternative, zone, day)}`}
          >
            {verb}
          </Button>
        </li>
      ))}
    </Stack>
  );
}

export function whenAndWhere(
  { starts_at, ends_at, room_number, room_name }: Alternative,
  zone: string,
  day: string,
): string {
  const its = dayOf(starts_at, zone);
  const when = `${its === day ? "" : `${dayInWords(its)}, `}${spanInWords(starts_at, ends_at, zone)}`;
  return `${when} in ${room_number}${room_name ? ` ${room_name}` : ""}`;
}
