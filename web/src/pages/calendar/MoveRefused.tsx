// The answer to a move that cannot be: every reason, and what would do instead, one click each.
import { Button, Group, Modal, Stack, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import { type Alternative, api } from "@/api";
import { Alternatives } from "@/features/sessions/Alternatives";
import { LargerRooms, useOtherAlternatives } from "@/features/sessions/LargerRooms";
import { dayOf, momentInWords } from "@/time";
import { Loaded, ProblemNotice, useFocusBack } from "@/ui";
import { HeldByOffer } from "./HeldByOffer";
import type { Refused } from "./useMoves";

interface MoveRefusedProps {
  readonly refused: Refused;
  readonly zone: string;
  readonly onClose: () => void;
  readonly onChoose: (alternative: Alternative) => void;
  readonly onInsist: (reason: string) => void;
  /** Called with a larger room for the same time. */
  readonly onRoom: (roomId: string) => void;
}

export function MoveRefused(props: MoveRefusedProps) {
  useFocusBack();
  return (
    <Modal opened onClose={props.onClose} title="The session was not moved" size="lg">
      <Answer {...props} />
    </Modal>
  );
}

function Answer({ refused, zone, onClose, onChoose, onInsist, onRoom }: MoveRefusedProps) {
  const { session, problem, wantedStart, roomId } = refused;
  const [reason, setReason] = useState("");
  const elsewhere = api.useQuery(
    "post",
    "/api/scheduling/sessions/alternatives",
    {
      body: {
        client_id: session.client_id,
        therapist_id: session.therapist_id,
        service_id: session.service_id,
        site_id: session.site_id,
        other_client_ids: session.client_ids.filter((id) => id !== session.client_id),
        starts_at: wantedStart,
      },
    },
    { enabled: session.alternatives.length === 0 },
  );
  const day = dayOf(wantedStart, zone);
  const offered = useOtherAlternatives(session, wantedStart, session.alternatives);
  const found = useOtherAlternatives(session, wantedStart, elsewhere.data?.items ?? []);
  /** Whether the larger rooms above are all that is offered. */
  const isAllShown =
    offered.length + found.length === 0 && session.alternatives.length + (elsewhere.data?.items.length ?? 0) > 0;
  return (
    <Stack>
      <Text size="sm">
        {session.client_name ?? "The session"} cannot move to {momentInWords(wantedStart, zone)}.
      </Text>
      {problem ? (
        <ProblemNotice error={problem} />
      ) : (
        <Stack gap={4}>
          {(session.rejection_reasons ?? []).map(({ code, message, fix }) => (
            <Text key={code} size="sm">
              {message} <b>{fix}</b>
            </Text>
          ))}
        </Stack>
      )}
      <LargerRooms session={session} startsAt={wantedStart} roomId={roomId} onMove={onRoom} />
      <HeldByOffer session={session} wantedStart={wantedStart} roomId={roomId} zone={zone} />
      {!isAllShown && <Text fw={650}>Alternatives</Text>}
      {session.alternatives.length ? (
        <Alternatives alternatives={offered} zone={zone} day={day} onChoose={onChoose} verb="Move here" />
      ) : (
        <Loaded query={elsewhere}>
          {({ items }) =>
            items.length ? (
              <Alternatives alternatives={found} zone={zone} day={day} onChoose={onChoose} verb="Move here" />
            ) : (
              <Text size="sm" c="dimmed">
                No alternative near that time.
              </Text>
            )
          }
        </Loaded>
      )}
      {problem?.more.overridable === true && (
        <Group align="flex-end">
          <TextInput
            label="Reason to override"
            description="These are the clinic's own rules. The reason is logged."
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
            flex={1}
          />
          <Button variant="default" disabled={!reason.trim()} onClick={() => onInsist(reason.trim())}>
            Move anyway
          </Button>
        </Group>
      )}
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
      </Group>
    </Stack>
  );
}
