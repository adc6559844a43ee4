import { Alert, Progress, Stack, Text } from "@mantine/core";
import { IconCheck } from "@tabler/icons-react";
import type { Replan } from "@/api";
import { SessionList } from "@/features/sessions/SessionList";
import { momentInWords } from "@/time";
import { Tag, type Tone } from "@/ui";
import { countInWords } from "../refusals";

const STATES: Readonly<Record<string, readonly [string, Tone]>> = {
  waiting: ["moving", "waiting"],
  moved: ["moved", "good"],
  refused: ["not moved: the room is taken", "bad"],
  gone: ["changed meanwhile", "over"],
};
const ENDED: ReadonlySet<string> = new Set(["moved", "refused", "gone"]);

/** Where each session of a room would go, and, once that is confirmed, how far it has come. */
export function PlanView({ plan, zone }: { plan: Replan; zone: string }) {
  const over = plan.moves.filter(({ state = "" }) => ENDED.has(state)).length;
  const moved = plan.moves.filter(({ state }) => state === "moved").length;
  const refused = plan.moves.filter(({ state }) => state === "refused").length;
  return (
    <Stack gap="sm" role="region" aria-label="The plan">
      {plan.confirmed_at && plan.moves.length > 0 && (
        <>
          <Progress value={(100 * over) / plan.moves.length} aria-label="Sessions that have moved" />
          <Text size="sm" role="status">
            {moved} of {countInWords(plan.moves.length)}{" "}
            {over === plan.moves.length ? "moved" : "moved; the others follow"}
          </Text>
          {refused > 0 && (
            <Alert color="yellow" role="alert" p="xs">
              {countInWords(refused)} could not be moved, because the new room is taken by now. Open each one to choose
              another room or time.
            </Alert>
          )}
        </>
      )}
      {plan.moves.length > 0 && (
        <>
          <Text size="sm" fw={600}>
            {plan.confirmed_at
              ? "What became of each session"
              : `${countInWords(plan.moves.length)} at the same time in another room`}
          </Text>
          <SessionList
            name="Sessions that get another room"
            sessions={plan.moves}
            zone={zone}
            also={[
              "New room",
              ({ to_room, state = "proposed" }) => {
                const [words, tone] = STATES[state] ?? [null, "plain"];
                return (
                  <>
                    <Text size="sm">
                      {to_room.room_number} {to_room.room_name}
                    </Text>
                    {words && <Tag tone={tone}>{words}</Tag>}
                  </>
                );
              },
            ]}
          />
        </>
      )}
      {plan.unmoved.length > 0 && (
        <>
          <Text size="sm" fw={600}>
            {countInWords(plan.unmoved.length)} without another room at that time: contact the clients
          </Text>
          <SessionList
            name="Sessions without another room"
            sessions={plan.unmoved}
            zone={zone}
            also={[
              "Alternative",
              ({ alternatives }) =>
                alternatives.length > 0
                  ? alternatives.map((one) => (
                      <Text key={one.id} size="sm" className="numbers">
                        {momentInWords(one.starts_at, zone)}, {one.room_number}
                      </Text>
                    ))
                  : "none nearby",
            ]}
          />
        </>
      )}
      {plan.moves.length === 0 && plan.unmoved.length === 0 && (
        <Alert
          color="green"
          icon={<IconCheck aria-hidden />}
          styles={{ message: { color: "var(--mantine-color-text)" } }}
        >
          No sessions are affected.
        </Alert>
      )}
    </Stack>
  );
}
