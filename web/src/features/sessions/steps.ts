// The steps of a session's life. Each waits for the saga's decision, as long as somebody likes to look at a screen.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { http, type Problem, type Session } from "@/api";
import { refreshAfter } from "@/live";
import type { Day, Instant } from "@/time";
import type { ClientLocation, Modality } from "./modality";

/** How long a step waits for rooms' answer before the page shows that it is waiting. */
export const PATIENCE = "wait=10";

/** Who or what caused a cancellation. */
export type Cause = "client" | "therapist" | "clinic" | "weather";

export type Step =
  | {
      readonly step: "reschedule";
      readonly starts_at: Instant;
      readonly room_id?: string | null;
      readonly override?: string;
    }
  | { readonly step: "accept"; readonly alternative_id: string }
  | { readonly step: "cancel"; readonly reason: string; readonly cause?: Cause; readonly waiver?: string | null }
  | { readonly step: "no-show"; readonly waiver?: string | null }
  | { readonly step: "undo" }
  | {
      readonly step: "complete";
      readonly actual_start?: Instant;
      readonly actual_end?: Instant;
      readonly attended?: string[];
      readonly add_ons?: { service_id: string; units: number }[];
      readonly modality?: Modality;
      readonly client_location?: ClientLocation;
      /** What it is billed as, where that is another service than was booked. */
      readonly service_id?: string;
    };

/** Take a step of this session; what is on the screen follows. */
export function useStep(sessionId: string) {
  const queries = useQueryClient();
  return useMutation<Session, Problem, Step>({
    mutationFn: (step) => take(sessionId, step),
    onSettled: (session) => {
      if (session) {
        queries.setQueryData(
          ["get", "/api/scheduling/sessions/{session_id}", { params: { path: { session_id: sessionId } } }],
          session,
        );
      }
      return refreshAfter(queries, "scheduling.session_rescheduled.v1", "billing.record_created.v1");
    },
  });
}

/** Take a step of a session's life and return what became of it. */
export async function take(sessionId: string, step: Step): Promise<Session> {
  const params = {
    path: { session_id: sessionId },
    header: { prefer: PATIENCE },
  };
  switch (step.step) {
    case "reschedule": {
      const override = step.override ? { reason: step.override } : null;
      const body = { starts_at: step.starts_at, room_id: step.room_id ?? null, override };
      return answered(await http.POST("/api/scheduling/sessions/{session_id}/reschedule", { params, body }));
    }
    case "accept":
      return answered(
        await http.POST("/api/scheduling/sessions/{session_id}/accept", {
          params,
          body: { alternative_id: step.alternative_id },
        }),
      );
    case "cancel":
      return answered(
        await http.POST("/api/scheduling/sessions/{session_id}/cancel", {
          params,
          body: { reason: step.reason, cause: step.cause ?? "client", waiver: waived(step.waiver) },
        }),
      );
    case "no-show":
      return answered(
        await http.POST("/api/scheduling/sessions/{session_id}/no-show", {
          params,
          body: { waiver: waived(step.waiver) },
        }),
      );
    case "undo":
      return answered(await http.POST("/api/scheduling/sessions/{session_id}/undo", { params }));
    case "complete": {
      const { step: _, ...body } = step;
      return answered(await http.POST("/api/scheduling/sessions/{session_id}/complete", { params, body }));
    }
  }
}

function waived(reason: string | null = null) {
  return reason === null ? null : { reason };
}

function answered({ data }: { data?: Session }): Session {
  if (!data) {
    throw new Error("an answer without a session");
  }
  return data;
}

export interface Place {
  readonly day: Day;
  readonly starts_at: Instant;
  readonly room_id: string;
}
