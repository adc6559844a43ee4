// Hours as people write them: `9-12, 13:30-17` is meant as it looks.
import { clockInWords } from "@/time";

export type Spans = [string, string][];
export const DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
export type Weekday = (typeof DAYS)[number];

export const DAY_NAMES: Readonly<Record<Weekday, string>> = {
  mon: "Monday",
  tue: "Tuesday",
  wed: "Wednesday",
  thu: "Thursday",
  fri: "Friday",
  sat: "Saturday",
  sun: "Sunday",
};

const SPAN = /^(\d{1,2})(?::?(\d{2}))?\s*(am|pm)?\s*(?:-|–|to)\s*(\d{1,2})(?::?(\d{2}))?\s*(am|pm)?$/i;

/** The spans that were written; null when they cannot be read. Nothing written is nothing worked. */
export function writtenSpans(text: string): Spans | null {
  const parts = text
    .replaceAll(/midnight/gi, "24:00")
    .split(/[,;]/)
    .map((part) => part.trim())
    .filter(Boolean);
  const spans: Spans = [];
  for (const part of parts) {
    const found = SPAN.exec(part);
    const from = found && clock(found[1], found[2], found[3]);
    const to = found && clock(found[4], found[5], found[6]);
    const before = spans.at(-1)?.[1] ?? "00:00";
    if (!from || !to || from >= to || from < before) {
      return null;
    }
    spans.push([from, to]);
  }
  return spans;
}

export function spansInWords(spans: readonly (readonly string[])[] | undefined): string {
  return (spans ?? []).map(([from, to]) => `${clockInWords(from ?? "")}–${clockInWords(to ?? "")}`).join(", ");
}

function clock(hour = "", minute = "00", half: string | undefined): string | null {
  let hours = Number(hour);
  if (half) {
    hours = (hours % 12) + (half.toLowerCase() === "pm" ? 12 : 0);
  }
  const isTime = hours < 24 ? Number(minute) < 60 : hours === 24 && minute === "00";
  return isTime ? `${String(hours).padStart(2, "0")}:${minute}` : null;
}
