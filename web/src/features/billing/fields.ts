// What insurers want to know of whom.
import type { Field } from "./form";

const ADDRESS: readonly Field[] = [
  { name: "address.line1", label: "Street" },
  { name: "address.city", label: "City" },
  { name: "address.state", label: "State", hint: "Two letters" },
  { name: "address.postal_code", label: "ZIP code", hint: "Nine digits for a billing address" },
];

export const ORGANIZATION: readonly Field[] = [
  { name: "organization_name", label: "Name" },
  { name: "npi", label: "NPI", hint: "Ten digits" },
  { name: "tax_id", label: "Tax id", hint: "Nine digits" },
  { name: "taxonomy_code", label: "Taxonomy", hint: "Ten characters" },
  ...ADDRESS,
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
  ...ADDRESS,
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
  { name: "birth_date", label: "Date of birth", type: "date" },
  { name: "gender", label: "Gender", hint: "F, M, or U for unknown" },
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

export const PLAN: readonly Field[] = [
  { name: "plan_name", label: "Plan" },
  { name: "member_id", label: "Member id", hint: "As on the insurance card" },
  { name: "group_number", label: "Group", optional: true },
  { name: "effective_from", label: "From", type: "date" },
  { name: "effective_to", label: "To", type: "date", hint: "No end date when empty", optional: true },
];

/** What is left of a plan, as it was learnt on a day. */
export const LEFT: readonly Field[] = [
  { name: "copay", label: "Copay per visit", type: "amount" },
  { name: "coinsurance_percent", label: "Coinsurance, percent", type: "number" },
  { name: "deductible_remaining", label: "Deductible remaining", type: "amount" },
  {
    name: "out_of_pocket_remaining",
    label: "Out-of-pocket remaining",
    type: "amount",
    hint: "No limit when empty",
    optional: true,
  },
  { name: "as_of", label: "As of", type: "date", hint: "Amounts billed since then are subtracted automatically" },
  {
    name: "visits_authorized",
    label: "Visits authorized",
    type: "number",
    hint: "No limit when empty",
    optional: true,
  },
  { name: "authorization_number", label: "Authorization number", optional: true },
];

/** Who holds the plan, where it is not the client. */
export const SUBSCRIBER: readonly Field[] = [
  { name: "subscriber.first_name", label: "First name" },
  { name: "subscriber.last_name", label: "Last name" },
  { name: "subscriber.birth_date", label: "Date of birth", type: "date" },
  { name: "subscriber.gender", label: "Gender", hint: "F, M, or U for unknown" },
  ...ADDRESS.map((field) => ({ ...field, name: `subscriber.${field.name}` })),
];

export const DISCOUNT: readonly Field[] = [
  { name: "percent", label: "Percent", type: "number" },
  { name: "reason", label: "Reason", hint: "Such as a sliding scale" },
  { name: "effective_from", label: "From", type: "date" },
  { name: "effective_to", label: "To", type: "date", hint: "No end date when empty", optional: true },
];
