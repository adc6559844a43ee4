// Whether it would work, before anything is booked: every reason at once, each with what would work.
import { Button, Group, Stack, Text } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconCircleCheck, IconCircleX, IconHelpCircle } from "@tabler/icons-react";
import { useState } from "react";
import { type Alternative, api, type NewSession } from "@/api";
import { Alternatives } from "@/features/sessions/Alternatives";
import { Why } from "@/features/sessions/Why";
import { spanInWords } from "@/time";
import { Loaded } from "@/ui";
import type { BookingRequest } from "./bookingRequest";
import { Panel } from "./Panel";

const TYPING_MS = 200;
const BEST = 3;

interface CheckedProps {
  readonly body: NewSession | null;
  readonly wanted: BookingRequest;
  readonly zone: string;
  readonly onTake: (alternative: Alternative) => void;
  /** Whether it has been sent: then it would be in its own way. */
  readonly isSent: boolean;
}

export function Checked({ body, wanted, zone, onTake, isSent }: CheckedProps) {
  const [shown, setShown] = useState(BEST);
  const [settled] = useDebouncedValue(body, TYPING_MS);
  const check = api.useQuery(
    "post",
    "/api/scheduling/sessions/check",
    { body: settled as NewSession },
    { enabled: settled !== null && !isSent, placeholderData: (before) => before },
  );
  const isOutdated = settled !== null && (JSON.stringify(body) !== JSON.stringify(settled) || check.isPlaceholderData);
  return (
    <Panel title="Availability" busy={check.isFetching || isOutdated} outdated={isOutdated}>
      {settled === null ? (
        <Text size="sm" c="dimmed">
          Enter what is missing to check availability.
        </Text>
      ) : (
        <Loaded query={check}>
          {({ ok, starts_at, ends_at, room, problems, overrides = [], alternatives }) => (
            <Stack gap="sm" role="status">
              {ok === true && (
                <Group gap="xs" wrap="nowrap">
                  <IconCircleCheck color="var(--mantine-color-green-8)" aria-hidden />
                  <Text fw={650}>
                    Yes{ends_at && `, ${spanInWords(starts_at, ends_at, zone)}`}
                    {room && ` in room ${room.room_number}`}
                  </Text>
                </Group>
              )}
              {ok === false && (
                <Group gap="xs" wrap="nowrap">
                  <IconCircleX color="var(--mantine-color-error)" aria-hidden />
                  <Text fw={650}>Cannot be booked</Text>
                </Group>
              )}
              {ok === null && (
                <Group gap="xs" wrap="nowrap">
                  <IconHelpCircle aria-hidden />
                  <Text fw={650}>Client and therapist are free; rooms could not be checked</Text>
                </Group>
              )}
              {overrides.length > 0 && (
                <div>
                  <Text size="sm" fw={650}>
                    Overridden by your reason
                  </Text>
                  <Why reasons={overrides} isOverridden />
                </div>
              )}
              {problems.length > 0 && <Why reasons={problems} />}
              {alternatives.length > 0 && ok === false && (
                <>
                  <Text size="sm" fw={650}>
                    Alternatives
                  </Text>
                  <Alternatives
                    alternatives={alternatives.slice(0, shown)}
                    zone={zone}
                    day={wanted.day}
                    onChoose={onTake}
                    verb="Use this"
                  />
                  {alternatives.length > shown && (
                    <Button variant="subtle" size="compact-sm" onClick={() => setShown(alternatives.length)}>
                      {alternatives.length - shown} more
                    </Button>
                  )}
                </>
              )}
            </Stack>
          )}
        </Loaded>
      )}
    </Panel>
  );
}
