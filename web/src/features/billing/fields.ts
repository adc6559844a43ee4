// What insurers want to know of whom.
import type { Field } from "./form";

const STREET_AND_CITY: readonly Field[] = [
  { name: "address.line1", label: "Street" },
  { name: "address.city", label: "City" },
  { name: "address.state", label: "State", hint: "Two letters" },
];

/** Of who bills and where the session was: claims need all nine digits of the ZIP code. */
const CLINIC_ADDRESS: readonly Field[] = [
  ...STREET_AND_CITY,
  { name: "address.postal_code", label: "ZIP code", hint: "Nine digits", type: "zip" },
];

const ADDRESS: readonly Field[] = [
  ...STREET_AND_CITY,
  { name: "address.postal_code", label: "ZIP code", hint: "Five or nine digits", type: "zip" },
];

export const GENDERS = [
  { value: "F", label: "female" },
  { value: "M", label: "male" },
  { value: "U", label: "unknown" },
] as const;

export const ORGANIZATION: readonly Field[] = [
  { name: "organization_name", label: "Name" },
  { name: "npi", label: "NPI", hint: "Ten digits" },
  { name: "tax_id", label: "Tax id", hint: "Nine digits" },
  { name: "taxonomy_code", label: "Taxonomy", hint: "Ten characters" },
  ...CLINIC_ADDRESS,
  { name: "contact_name", label: "Contact" },
  { name: "phone", label: "Phone", hint: "Ten digits" },
  { name: "submitter_id", label: "Submitter id" },
  { name: "receiver_name", label: "Receiver of claims" },
  { name: "receiver_id", label: "Receiver id" },
];

export const FACILITY: readonly Field[] = [
  { name: "facility_name", label: "Name" },
  { name: "npi", label: "Own NPI", optional: true },
  { name: "place_of_service", label: "Place of service", hint: "11 is office" },
  ...CLINIC_ADDRESS,
];

export const PROVIDER: readonly Field[] = [
  { name: "first_name", label: "First name" },
  { name: "last_name", label: "Last name" },
  { name: "npi", label: "NPI", hint: "Ten digits" },
  { name: "taxonomy_code", label: "Taxonomy", hint: "Ten characters" },
  { name: "license", label: "License", optional: true },
];

export const CLIENT: readonly Field[] = [
  { name: "first_name", label: "First name" },
  { name: "last_name", label: "Last name" },
  { name: "birth_date", label: "Date of birth", type: "birthday" },
  { name: "gender", label: "Gender", type: "choice", choices: GENDERS },
  ...ADDRESS,
  {
    name: "diagnoses",
    label: "Diagnoses",
    hint: "ICD-10-CM, the primary one first. New sessions have these; earlier sessions keep theirs.",
    type: "diagnoses",
    optional: true,
  },
  {
    name: "signature_on_file",
    label: "Signature on file: may release information to insurers",
    hint: "Required to submit claims",
    type: "flag",
  },
];

export const PAYER: readonly Field[] = [
  { name: "payer_name", label: "Name" },
  { name: "claim_filing_code", label: "Kind", hint: "CI commercial, BL Blue Cross, MB Medicare" },
  {
    name: "telehealth_place_of_service",
    label: "Telehealth place of service",
    hint: "10: by where the client was; 02: always 02",
  },
  { name: "telehealth_modifier", label: "Video modifier", hint: "95 or GT; may be empty", optional: true },
  { name: "is_active", label: "Active", hint: "An inactive payer cannot be added to a client", type: "flag" },
];

export const DISCOUNT: readonly Field[] = [
  { name: "percent", label: "Percent", type: "number" },
  { name: "reason", label: "Reason", hint: "Such as a sliding scale" },
  { name: "effective_from", label: "From", type: "date" },
  { name: "effective_to", label: "To", type: "date", hint: "No end date when empty", optional: true },
];
