// A form that somebody else's change keeps from being saved: its notice and its button know of each other.
import { createContext } from "react";

interface Conflict {
  /** How many times the form was sent to no effect since anything was typed. */
  readonly refused: number;
  /** Called with whether somebody else's changes stand in the way. */
  readonly report: (stands: boolean) => void;
}

export const Conflict = createContext<Conflict>({ refused: 0, report: () => undefined });
