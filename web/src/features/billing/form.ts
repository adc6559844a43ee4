// Forms whose fields are a list: what is typed, and what is sent of it.
export interface Field {
  /** Where it stands in what is sent: `address.city`. */
  readonly name: string;
  readonly label: string;
  readonly hint?: string;
  readonly optional?: boolean;
  readonly type?: "date" | "birthday" | "choice" | "diagnoses" | "number" | "flag" | "zip";
  /** What a field of type `choice` may have, and what it is called. */
  readonly choices?: readonly { readonly value: string; readonly label: string }[];
}

/** What is typed so far, by the fields' names. */
export type Typed = Readonly<Record<string, string>>;

/** Fields by their names; the services check them. */
export type Written = Readonly<Record<string, unknown>>;

/** What stands there, as somebody would type it. */
export function typedOf(fields: readonly Field[], found: Written | null): Typed {
  return Object.fromEntries(fields.map(({ name }) => [name, valueAt(found, name)]));
}

export function valueAt(found: Written | null, name: string): string {
  const value = name.split(".").reduce<unknown>((part, key) => (part as Written | null | undefined)?.[key], found);
  return Array.isArray(value) ? value.join(" ") : value === null || value === undefined ? "" : String(value);
}

/** First and last name of a whole one: `Ana Lucía Ortega`, or `Ortega, Ana Lucía`. */
export function namesOf(fullName: string): Typed {
  const [last = "", first] = fullName.split(",").map((part) => part.trim());
  if (first !== undefined) {
    return { first_name: first, last_name: last };
  }
  const words = last.split(/\s+/);
  return { first_name: words.slice(0, -1).join(" "), last_name: words.at(-1) ?? "" };
}

/** What is sent; what was there and is in no field of the form stays. */
export function writtenOf(fields: readonly Field[], typed: Typed, kept: Written = {}): Written {
  return fields.reduce(
    (body, field) => put(body, field.name.split("."), meantBy(field, typed[field.name] ?? "")),
    kept,
  );
}

function put(body: Written, [key = "", ...rest]: readonly string[], value: unknown): Written {
  const inner = rest.length > 0 ? put((body[key] as Written | null | undefined) ?? {}, rest, value) : value;
  return { ...body, [key]: inner };
}

/** A ZIP code in its digits, of `04101-1234` or `04101 1234`. */
export function zipOf(text: string): string {
  return text.replaceAll(/[\s-]/g, "");
}

function meantBy({ type, optional }: Field, text: string): unknown {
  const meant = text.trim();
  if (optional && meant === "" && type !== "diagnoses") {
    return null;
  }
  switch (type) {
    case "diagnoses":
      return meant.split(/[\s,]+/).filter(Boolean);
    case "number":
      // What is no number is sent as it is, so that the answer names what would be one.
      return /^\d+$/.test(meant) ? Number(meant) : meant;
    case "zip":
      return zipOf(meant);
    case "flag":
      return meant === "true";
    default:
      return meant;
  }
}
