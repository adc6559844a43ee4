// What the catalog's words mean to people.
import type { Service } from "@/api";
import { durationInWords } from "@/time";

export type Kind = NonNullable<Service["kind"]>;
export type ServiceType = Service["service_type"];
export type Claimable = Service["claimable"];
export type BilledPer = NonNullable<Service["billed_per"]>;

export const TYPES: Readonly<Record<ServiceType, string>> = {
  assessment: "Assessment",
  psychotherapy: "Psychotherapy",
  consultation: "Consultation",
};

export const KINDS: Readonly<Record<Kind, readonly [name: string, about: string]>> = {
  base: ["Base", "Can be billed alone"],
  add_on: ["Add-on", "Billed only with another service"],
  composite: ["Composite", "Several codes in one session"],
  fee: ["Fee", "A charge without treatment, such as a no-show"],
  internal: ["Internal", "Uses a room and time, never billed to insurance"],
};

export const CLAIMABLE: Readonly<Record<Claimable, readonly [name: string, about: string]>> = {
  insurance: ["Insurance", "Can be billed to insurance"],
  self_pay_only: ["Self-pay only", "The client pays"],
  never: ["Never", "Never billed to insurance"],
};

export const BILLED_PER: Readonly<Record<BilledPer, readonly [name: string, about: string]>> = {
  client: ["Client", "Each client who attended is billed, as in a group"],
  session: ["Session", "Billed once, to the client it is booked for, as with couples and families"],
};

export function optionsOf<Word extends string>(words: Readonly<Record<Word, string | readonly [string, string]>>) {
  return Object.entries<string | readonly [string, string]>(words).map(([value, label]) => ({
    value: value as Word,
    label: typeof label === "string" ? label : label[0],
  }));
}

/** How long a session must really take for the code to be right: `38 to 52 min`. */
export function bandInWords(from: number | null | undefined, to: number | null | undefined): string {
  if (from != null && to != null) {
    return `${from} to ${to} min`;
  }
  return from != null ? `${from} min or more` : to != null ? `up to ${to} min` : "";
}

export function takes(minutes: number): string {
  return minutes === 0 ? "no duration" : durationInWords(minutes);
}
