// Clients. A second client makes a group of it; who leaves frees nothing but their own time.
import { ActionIcon, Alert, Anchor, Button, Group, Skeleton, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconUserMinus, IconUserPlus } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useRef, useState } from "react";
import { Link } from "react-router";
import { api, type Session } from "@/api";
import type { Named } from "@/features/people/names";
import { ClientSelect } from "@/features/people/PersonSelect";
import { isWaiting } from "@/features/sessions/standing";
import { PATIENCE } from "@/features/sessions/steps";
import { refreshAfter } from "@/live";
import { Confirm, fieldErrors, notify, Panel, Tag, useAt, useMissing } from "@/ui";

const CHANGED = "scheduling.session_clients_changed.v1";

export function Clients({ session, clients }: { session: Session; clients: readonly Named[] }) {
  const at = useAt();
  const queries = useQueryClient();
  const [joining, join] = useDisclosure(false);
  const onSettled = () => void refreshAfter(queries, CHANGED);
  const joined = api.useMutation("post", "/api/scheduling/sessions/{session_id}/clients", { onSettled });
  const left = api.useMutation("delete", "/api/scheduling/sessions/{session_id}/clients/{client_id}", { onSettled });
  const isOpen = session.status === "booked" && !isWaiting(session);
  const came = new Set(session.attended);
  const adding = useRef<HTMLButtonElement>(null);

  const header = { prefer: PATIENCE };
  const path = { session_id: session.id };
  const add = (client_id: string) => joined.mutateAsync({ params: { path, header }, body: { client_id } });

  async function leave({ id, name }: Named): Promise<void> {
    try {
      await left.mutateAsync({ params: { path: { ...path, client_id: id }, header } });
      // What was pressed is gone then.
      adding.current?.focus({ preventScroll: true });
      notify.done(`${name} is removed from the group.`, {
        onClick: () => void add(id).catch((error) => notify.problem(error)),
      });
    } catch (error) {
      notify.problem(error, `${name} stays in the group`);
    }
  }

  return (
    <Panel
      title={clients.length > 1 ? `Clients (${clients.length})` : "Client"}
      actions={
        isOpen && (
          <Button
            ref={adding}
            size="xs"
            variant="default"
            leftSection={<IconUserPlus size={16} aria-hidden />}
            onClick={join.open}
          >
            {clients.length > 1 ? "Add to the group" : "Make it a group"}
          </Button>
        )
      }
    >
      <Stack gap={4} component="ul" m={0} p={0}>
        {clients.map((client) => (
          <Group key={client.id} component="li" justify="space-between" wrap="nowrap" style={{ listStyle: "none" }}>
            <Group gap="xs">
              {client.isAwaited ? (
                <Skeleton height={16} width={150} my={3} />
              ) : (
                <Anchor
                  component={Link}
                  to={at(`/people/clients/${client.id}`)}
                  size="sm"
                  underline="always"
                  style={{ overflowWrap: "anywhere" }}
                >
                  {client.name}
                </Anchor>
              )}
              {session.status === "completed" && clients.length > 1 && (
                <Tag tone={came.has(client.id) ? "good" : "over"}>{came.has(client.id) ? "came" : "no-show"}</Tag>
              )}
              <Text size="sm" c="dimmed" className="numbers">
                {[client.client?.phone, client.client?.email].filter(Boolean).join(" · ")}
              </Text>
            </Group>
            {isOpen && clients.length > 1 && (
              <ActionIcon
                variant="subtle"
                size={28}
                loading={left.isPending}
                aria-label={`Remove ${client.name} from the group`}
                onClick={() => void leave(client)}
              >
                <IconUserMinus size={17} />
              </ActionIcon>
            )}
          </Group>
        ))}
      </Stack>
      {joining && (
        <Join
          session={session}
          busy={joined.isPending}
          error={joined.error}
          onClose={() => {
            joined.reset();
            join.close();
          }}
          onJoin={async (clientId) => {
            const after = await add(clientId);
            if (after.client_ids.includes(clientId)) {
              notify.done(
                after.room_id === session.room_id
                  ? "The client is added to the group."
                  : `The client is added to the group, which is now in room ${after.room_number} instead of ${session.room_number}.`,
              );
            } else {
              notify.note(
                isWaiting(after)
                  ? "Waiting for a larger room."
                  : "No larger room is free at that time. The group is unchanged.",
              );
            }
            join.close();
          }}
        />
      )}
    </Panel>
  );
}

interface JoinProps {
  readonly session: Session;
  readonly busy: boolean;
  readonly error: unknown;
  readonly onClose: () => void;
  readonly onJoin: (clientId: string) => Promise<void>;
}

export function Join({ session, busy, error, onClose, onJoin }: JoinProps) {
  const [clientId, setClientId] = useState<string | null>(null);
  const room = useRoomAfter(session);
  const { errors, send } = useMissing(
    fieldErrors(error, ["client_id"]),
    { client_id: !clientId && "Choose a client." },
    () => clientId && void onJoin(clientId).catch(() => undefined),
  );
  return (
    <Confirm
      opened
      title="Add a client"
      submitLabel="Add to the group"
      onClose={onClose}
      busy={busy}
      errors={errors}
      onSubmit={send}
      waitsFor={room.isNone ? "No larger room is free" : undefined}
    >
      {room.notice}
      <ClientSelect
        showsContact
        label="Client"
        placeholder="Type a name"
        data-autofocus
        value={clientId}
        onChange={setClientId}
        error={errors.at("client_id")}
      />
    </Confirm>
  );
}

interface RoomAfter {
  readonly notice: ReactNode;
  /** Whether no room would hold them all: the present one is too small, and no larger one is free. */
  readonly isNone: boolean;
}

/** Whether the room would stay with one client more, shown before anything is sent. */
function useRoomAfter(session: Session): RoomAfter {
  // All clients, the one who joins, and the therapist.
  const places = session.client_ids.length + 2;
  const { starts_at, ends_at, site_id, room_id, room_number } = session;
  const rooms = api.useQuery("get", "/api/rooms/availability", {
    params: { query: { site_id, starts_at, ends_at, capacity: places } },
  });
  if (!rooms.data) {
    const unknown = "Whether the room is large enough cannot be checked now. It is held before anybody joins.";
    return { notice: rooms.error ? <Text size="sm">{unknown}</Text> : null, isNone: false };
  }
  const here = rooms.data.rooms.find(({ room }) => room.id === room_id);
  if (here && !here.reasons.includes("too_small")) {
    const notice = (
      <Text size="sm" c="dimmed" role="status">
        The session stays in room {room_number}: it has {here.room.capacity} seats, and {places} are needed.
      </Text>
    );
    return { notice, isNone: false };
  }
  const free = rooms.data.rooms.filter((found) => found.free).map(({ room }) => room.room_number);
  const notice = (
    <Alert color="yellow" role="status" p="xs">
      {here ? `Room ${room_number} has ${here.room.capacity} seats` : "The present room is too small"}, and {places} are
      needed, with the therapist. {free.length === 1 && `The session would move to room ${free[0]}.`}
      {free.length > 1 && `The session would move to a larger room: ${free.slice(0, 3).join(", ")} are free.`}
      {free.length === 0 && "No larger room is free at that time, so the client cannot be added now."}
    </Alert>
  );
  return { notice, isNone: free.length === 0 };
}
