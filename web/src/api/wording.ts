// Days and times in the sentences of the services: data beside the text, written here as they are at the site.
import { clockInWords, dayInWords, dayOf, spanInWords, timeInWords } from "@/time";
import type { components } from "./scheduling";

export type NamedTime = components["schemas"]["NamedTime"];

/** A sentence with the days and times that it names, and what would work, which may name them too. */
export interface Sentence {
  readonly message: string;
  readonly fix?: string | null;
  readonly times?: readonly NamedTime[] | null;
}

/** The same with its days and times as they are written at the site. */
export function inLocalWords<Said extends Sentence>(said: Said): Said {
  if (!said.times?.length) {
    return said;
  }
  const message = withLocalTimes(said.message, said.times);
  return said.fix ? { ...said, message, fix: withLocalTimes(said.fix, said.times) } : { ...said, message };
}

/** All of them in one text. */
export function inOneText(said: readonly Sentence[]): string {
  return said.map((each) => inLocalWords(each).message).join(" ");
}

/** A text with each of these times in local words, as far as it names them; it names them in this order. */
export function withLocalTimes(text: string, times: readonly NamedTime[]): string {
  let before = "";
  let after = text;
  for (const named of times) {
    const place = after.indexOf(named.text);
    if (place >= 0) {
      before += after.slice(0, place) + inWords(named);
      after = after.slice(place + named.text.length);
    }
  }
  return before + after;
}

function inWords({ text, form, time_zone: zone, starts_at: start, ends_at: end, day, hours }: NamedTime): string {
  if (form === "day" && day) {
    return dayInWords(day);
  }
  if (form === "hours" && hours?.length) {
    return hours.map(({ opens, closes }) => `${clockInWords(opens)} – ${clockInWords(closes)}`).join(", ");
  }
  if (!start || !zone) {
    return text;
  }
  switch (form) {
    case "moment":
      return `${dayInWords(dayOf(start, zone))}, ${timeInWords(start, zone)}`;
    case "time":
      return timeInWords(start, zone);
    case "span":
      return end ? `${dayInWords(dayOf(start, zone))}, ${spanInWords(start, end, zone)}` : text;
    default:
      return text;
  }
}
