// How therapist and client meet, in the words that staff read.
import type { Session } from "@/api";

export type Modality = Session["modality"];
export type ClientLocation = NonNullable<Session["client_location"]>;

export const MODALITIES: readonly { readonly value: Modality; readonly label: string }[] = [
  { value: "in_person", label: "In person" },
  { value: "video", label: "Video" },
  { value: "audio", label: "Telephone" },
];

export const CLIENT_LOCATIONS: readonly { readonly value: ClientLocation; readonly label: string }[] = [
  { value: "home", label: "At home" },
  { value: "other", label: "Elsewhere" },
];

/** The equipment that a room has for a session held this way; null where it needs none. */
export const EQUIPMENT_FOR: Readonly<Record<Modality, string | null>> = {
  in_person: null,
  video: "video",
  audio: "telephone",
};

/** How they meet and, as far as it is known, where the client is. */
export function modalityInWords(modality: Modality, location?: ClientLocation | null): string {
  const how = MODALITIES.find(({ value }) => value === modality)?.label ?? modality;
  const where = CLIENT_LOCATIONS.find(({ value }) => value === location)?.label.toLowerCase();
  return where ? `${how}, client ${where}` : how;
}

/** The modality that an address names. */
export function readModality(text: string | null): Modality {
  return MODALITIES.find(({ value }) => value === text)?.value ?? "in_person";
}
