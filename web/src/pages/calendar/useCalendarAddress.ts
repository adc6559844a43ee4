// What the calendar shows stands in the address, so that it can be shared, reloaded and gone back to.
import { useCallback, useMemo } from "react";
import { useSearchParams } from "react-router";
import { type Day, isDay, today } from "@/time";

export interface CalendarAddress {
  readonly day: Day;
  readonly view: "day" | "week";
  readonly roomId: string | null;
  readonly therapistId: string | null;
  readonly capacity: number;
  readonly equipment: readonly string[];
  readonly freeOnly: boolean;
}

export type ChangeAddress = (changes: Partial<CalendarAddress>) => void;

export function useCalendarAddress(zone: string): [CalendarAddress, ChangeAddress] {
  const [query, setQuery] = useSearchParams();

  const address = useMemo<CalendarAddress>(() => {
    const day = query.get("day");
    const therapistId = query.get("therapist");
    return {
      day: isDay(day) ? day : today(zone),
      view: query.get("view") === "week" ? "week" : "day",
      roomId: query.get("view") === "week" && !therapistId ? query.get("room") : null,
      therapistId: query.get("view") === "week" ? therapistId : null,
      capacity: Math.max(1, Number(query.get("capacity")) || 1),
      equipment: query.getAll("equipment"),
      freeOnly: query.get("free") === "now",
    };
  }, [query, zone]);

  const change = useCallback<ChangeAddress>(
    (changes) => {
      setQuery((before) => {
        const next = new URLSearchParams(before);
        const set = (name: string, value: string | null | undefined) =>
          value ? next.set(name, value) : next.delete(name);
        if (changes.day !== undefined) {
          set("day", changes.day);
        }
        if (changes.view !== undefined) {
          set("view", changes.view === "week" ? "week" : null);
        }
        if (changes.roomId !== undefined) {
          set("room", changes.roomId);
        }
        if (changes.therapistId !== undefined) {
          set("therapist", changes.therapistId);
        }
        if (changes.capacity !== undefined) {
          set("capacity", changes.capacity > 1 ? String(changes.capacity) : null);
        }
        if (changes.equipment !== undefined) {
          next.delete("equipment");
          for (const word of changes.equipment) {
            next.append("equipment", word);
          }
        }
        if (changes.freeOnly !== undefined) {
          set("free", changes.freeOnly ? "now" : null);
        }
        return next;
      });
    },
    [setQuery],
  );
  return [address, change];
}
