// What people write about a room, as a form has it and as rooms takes it.
import type { Room } from "@/api";

export interface RoomFacts {
  room_number: string;
  room_name: string;
  capacity: number | "";
  turnover_minutes: number | "";
  equipment: string[];
  notes: string;
}

export const NAMES: Readonly<Record<keyof RoomFacts, string>> = {
  room_number: "Number",
  room_name: "Name",
  capacity: "Seats",
  turnover_minutes: "Turnover",
  equipment: "Equipment",
  notes: "Notes",
};

export const FIELDS = Object.keys(NAMES) as (keyof RoomFacts)[];

export const NEW: RoomFacts = {
  room_number: "",
  room_name: "",
  capacity: "",
  turnover_minutes: 0,
  equipment: [],
  notes: "",
};

export function factsOf({ room_number, room_name, capacity, turnover_minutes, equipment, notes }: Room): RoomFacts {
  return { room_number, room_name, capacity, turnover_minutes, equipment, notes };
}

/** A fact in words, for comparing. */
export function inWords(field: keyof RoomFacts, value: unknown): string {
  if (value === "" || (Array.isArray(value) && value.length === 0)) {
    return "nothing";
  }
  return Array.isArray(value) ? value.join(", ") : field === "turnover_minutes" ? `${value} min` : String(value);
}

type Written = Omit<RoomFacts, "capacity" | "turnover_minutes"> & { capacity: number; turnover_minutes: number };

/** What is written, for the request; an empty number is left out, and rooms names it. */
export function written<Some extends Partial<RoomFacts>>(facts: Some): Pick<Written, keyof Some & keyof Written> {
  return Object.fromEntries(
    Object.entries(facts).filter(
      ([field, value]) => !(value === "" && (field === "capacity" || field === "turnover_minutes")),
    ),
  ) as Pick<Written, keyof Some & keyof Written>;
}
