// Days and times in the sentences of the services: data beside the text, written here as they are at the site.
import { clockInWords, dayInWords, dayOf, spanInWords, timeInWords } from "@/time";
import type { components } from "./scheduling";

export type NamedTime = components["schemas"]["NamedTime"];
export type NamedPerson = components["schemas"]["NamedPerson"];

/** A sentence with the days and times that it names, and what would work, which may name them too. */
export interface Sentence {
  readonly message: string;
  readonly fix?: string | null;
  readonly times?: readonly NamedTime[] | null;
  /** Whom it is about, where it does not name them. */
  readonly people?: readonly NamedPerson[] | null;
}

/** A day that stands alone: not the start of a time, nor within a reference, nor an example of how to write one. */
const A_DAY = /(?<!such as )(?<![\w-])\d{4}-\d{2}-\d{2}(?![\w:-]| \d\d:)/g;

/** The same with its days and times as they are written at the site, and with the names of its people. */
export function inLocalWords<Text extends Sentence>(sentence: Text): Text {
  const message = withLocalTimes(withNames(sentence.message, sentence.people ?? []), sentence.times ?? []);
  return sentence.fix
    ? { ...sentence, message, fix: withLocalTimes(sentence.fix, sentence.times ?? []) }
    : { ...sentence, message };
}

/** All of them in one text. */
export function inOneText(sentence: readonly Sentence[]): string {
  return sentence.map((each) => inLocalWords(each).message).join(" ");
}

/** A text with each of these times in local words, as far as it names them; it names them in this order. */
function withLocalTimes(text: string, times: readonly NamedTime[]): string {
  return replacing(
    text,
    times.map((named) => [named.text, inWords(named)]),
  ).replace(A_DAY, (day) => (Number.isNaN(Date.parse(day)) ? day : dayInWords(day)));
}

/** A text with the name of each of these people in place of what it calls them, in this order. */
function withNames(text: string, people: readonly NamedPerson[]): string {
  return replacing(
    text,
    people.map((named) => [named.text, named.name]),
  );
}

function replacing(text: string, words: readonly (readonly [from: string, to: string])[]): string {
  let before = "";
  let after = text;
  for (const [from, to] of words) {
    const place = after.indexOf(from);
    if (place >= 0) {
      before += after.slice(0, place) + to;
      after = after.slice(place + from.length);
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
