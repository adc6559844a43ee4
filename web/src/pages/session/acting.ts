// What the steps of a session are taken on.
import type { Session, Therapist } from "@/api";
import type { Named } from "@/features/people/names";

export interface ActingOn {
  readonly session: Session;
  readonly zone: string;
  readonly clients: readonly Named[];
  readonly therapist: Therapist | undefined;
}
