import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, type Replan, type RoomChanges, retryMs } from "@/api";
import { refreshAfter } from "@/live";

const LOOK_AGAIN_MS = 1000;

interface Proposal {
  readonly starts_at: string;
  readonly ends_at?: string;
  readonly reason: string;
  readonly deactivate?: boolean;
  /** What is changed of a room that stays in use. */
  readonly changes?: RoomChanges;
}

export interface Replanning {
  readonly plan: Replan | null;
  readonly propose: (body: Proposal) => void;
  readonly confirm: () => void;
  readonly forget: () => void;
  readonly isPending: boolean;
  readonly error: unknown;
}

/** A plan for the sessions of a room: shown first, confirmed once, followed until each of them has moved. */
export function useReplan(roomId: string): Replanning {
  const [planId, setPlanId] = useState<string | null>(null);
  const queries = useQueryClient();
  const followed = api.useQuery(
    "get",
    "/api/rooms/replans/{replan_id}",
    { params: { path: { replan_id: planId ?? "" } } },
    {
      enabled: planId !== null,
      refetchInterval: ({ state }) =>
        state.data?.confirmed_at && state.data.moves.some((move) => move.state === "waiting")
          ? LOOK_AGAIN_MS
          : retryMs(state),
    },
  );
  const propose = api.useMutation("post", "/api/rooms/rooms/{room_id}/replan", {
    onSuccess: (plan) => setPlanId(plan.id),
  });
  const confirm = api.useMutation("post", "/api/rooms/replans/{replan_id}/confirm", {
    onSettled: () => refreshAfter(queries, "rooms.room_changed.v1"),
  });
  return {
    plan: planId === null ? null : (followed.data ?? null),
    propose: (body) =>
      propose.mutate({ params: { path: { room_id: roomId } }, body: { deactivate: false, ...body, dry_run: true } }),
    confirm: () => planId && confirm.mutate({ params: { path: { replan_id: planId } } }),
    forget: () => {
      setPlanId(null);
      propose.reset();
      confirm.reset();
    },
    isPending: propose.isPending || confirm.isPending || (planId !== null && followed.isPending),
    error: propose.error ?? confirm.error ?? followed.error,
  };
}
