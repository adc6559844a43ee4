// Every date of a move before it is made: from, to and room, and for dates that would stay the reasons and what is to become of them.
import { Box, Group, Stack, Text, VisuallyHidden } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { api } from "@/api";
import { Instead } from "@/features/sessions/Instead";
import { Why } from "@/features/sessions/Why";
import { dayOf, type Instant, momentInWords } from "@/time";
import { Loaded, Money, Skeletons, Tag } from "@/ui";
import type { Choices } from "./choices";
import classes from "./MovePreview.module.css";
import { foreseenInWords } from "./outcomes";
import type { PreviewedMove, Scope } from "./rule";

const TYPING_MS = 300;

export interface Target {
  readonly session_id: string;
  readonly scope: Scope;
  readonly starts_at: Instant;
}

/** What would become of a move, and whether that is the answer to the present form. */
export function useMovePreview(seriesId: string, target: Target | null, isSent: boolean) {
  const current = target ? JSON.stringify(target) : "";
  const [settled] = useDebouncedValue(current, TYPING_MS);
  const preview = api.useQuery(
    "post",
    "/api/scheduling/series/{series_id}/reschedule/preview",
    { params: { path: { series_id: seriesId } }, body: settled ? JSON.parse(settled) : undefined },
    // What was moved would be previewed from where it is by then.
    { enabled: settled !== "" && !isSent, placeholderData: (before) => before, staleTime: 0 },
  );
  const isCurrent = current !== "" && settled === current && !preview.isPlaceholderData && !preview.error;
  return { preview, current: isCurrent ? (preview.data ?? null) : null };
}

interface MovePreviewProps {
  readonly preview: ReturnType<typeof useMovePreview>["preview"];
  readonly choices: Choices;
  readonly onChoose: (sessionId: string, choice: Choices[string]) => void;
  readonly zone: string;
}

export function MovePreview({ preview, choices, onChoose, zone }: MovePreviewProps) {
  return (
    <Loaded query={preview} waiting={<Skeletons />}>
      {(found) => {
        const staying = found.dates.filter(({ outcome }) => outcome === "stays");
        const others = found.dates.filter(({ outcome }) => outcome !== "stays");
        return (
          <Stack gap="xs" role="region" aria-label="Preview of the move" aria-busy={preview.isFetching}>
            <Text fw={650} role="status">
              {foreseenInWords(found)}
            </Text>
            {staying.length > 0 && (
              <ul className={classes.dates} aria-label="Dates that cannot be moved">
                {staying.map((date) => (
                  <li key={date.session_id}>
                    <Line date={date} zone={zone} />
                    <Why reasons={date.problems} />
                    <Decision date={date} {...{ choices, onChoose, zone }} />
                  </li>
                ))}
              </ul>
            )}
            {others.length > 0 && (
              <ul className={classes.dates} aria-label="Dates of the move">
                {others.map((date) => (
                  <li key={date.session_id}>
                    <Line date={date} zone={zone} />
                  </li>
                ))}
              </ul>
            )}
          </Stack>
        );
      }}
    </Loaded>
  );
}

function Line({ date, zone }: { date: PreviewedMove; zone: string }) {
  const { outcome, starts_at, new_starts_at, room, new_room, calculated_rate, new_rate } = date;
  return (
    <Group justify="space-between" gap="xs" wrap="nowrap" align="flex-start">
      <Box>
        <Text size="sm" className="numbers">
          {momentInWords(starts_at, zone)}
          {room?.room_number && `, room ${room.room_number}`}
        </Text>
        {outcome !== "same" && (
          <Text size="sm" className="numbers" {...(outcome === "stays" ? { c: "dimmed" } : { fw: 600 })}>
            <span aria-hidden>→ </span>
            <VisuallyHidden>to </VisuallyHidden>
            {momentInWords(new_starts_at, zone)}
            {new_room?.room_number && `, room ${new_room.room_number}`}
          </Text>
        )}
        {outcome === "unchecked" && (
          <Text size="sm">The room cannot be checked now. The session keeps its place until the new room is held.</Text>
        )}
        {new_rate && new_rate !== calculated_rate && (
          <Text size="sm">
            The rate changes from <Money amount={calculated_rate} /> to <Money amount={new_rate} />.
          </Text>
        )}
      </Box>
      <Tag tone={outcome === "moves" ? "good" : outcome === "stays" ? "bad" : "plain"}>{WORDS[outcome]}</Tag>
    </Group>
  );
}

const WORDS: Readonly<Record<PreviewedMove["outcome"], string>> = {
  moves: "free",
  stays: "not available",
  same: "already there",
  unchecked: "room not checked",
};

interface DecisionProps extends Omit<MovePreviewProps, "preview"> {
  readonly date: PreviewedMove;
}

function Decision({ date, choices, onChoose, zone }: DecisionProps) {
  const chosen = choices[date.session_id] ?? "leave";
  return (
    <>
      <Instead<"leave" | "cancel">
        label={`Instead of ${momentInWords(date.new_starts_at, zone)}`}
        chosen={chosen}
        alternatives={date.alternatives}
        verb="Move it to"
        before={{ value: "leave", label: `Leave it on ${momentInWords(date.starts_at, zone)}` }}
        after={{ value: "cancel", label: "Cancel it" }}
        day={dayOf(date.starts_at, zone)}
        zone={zone}
        onChoose={(choice) => onChoose(date.session_id, choice)}
      />
      {chosen === "cancel" && date.late_if_cancelled && (
        <Text size="sm" mt={4}>
          This is a late cancellation: where the client cancels, the late fee is charged unless it is waived.
        </Text>
      )}
    </>
  );
}
