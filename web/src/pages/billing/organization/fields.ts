// What insurers want to know of whom.
export interface PartyField {
  /** Where it stands in what is sent: `address.city`. */
  readonly name: string;
  readonly label: string;
  readonly hint?: string;
  readonly optional?: boolean;
  readonly type?: "date" | "list";
}

const ADDRESS: readonly PartyField[] = [
  { name: "address.line1", label: "Street" },
  { name: "address.city", label: "City" },
  { name: "address.state", label: "State", hint: "Two letters" },
  { name: "address.postal_code", label: "ZIP code", hint: "All nine digits where one bills" },
];

export const ORGANIZATION: readonly PartyField[] = [
  { name: "organization_name", label: "Name" },
  { name: "npi", label: "NPI", hint: "Ten digits" },
  { name: "tax_id", label: "Tax id", hint: "Nine digits" },
  { name: "taxonomy_code", label: "Taxonomy", hint: "Ten characters" },
  ...ADDRESS,
  { name: "contact_name", label: "Whom to ask" },
  { name: "phone", label: "Phone", hint: "Ten digits" },
  { name: "submitter_id", label: "Our id at the receiver" },
  { name: "receiver_name", label: "Who takes claims in" },
  { name: "receiver_id", label: "The receiver's id" },
];

export const FACILITY: readonly PartyField[] = [
  { name: "facility_name", label: "Name" },
  { name: "npi", label: "NPI of its own", optional: true },
  { name: "place_of_service", label: "Place of service", hint: "11 is an office" },
  ...ADDRESS,
];

export const PROVIDER: readonly PartyField[] = [
  { name: "first_name", label: "First name" },
  { name: "last_name", label: "Last name" },
  { name: "npi", label: "NPI", hint: "Ten digits" },
  { name: "taxonomy_code", label: "Taxonomy", hint: "Ten characters" },
  { name: "license", label: "License", optional: true },
];

export const CLIENT: readonly PartyField[] = [
  { name: "first_name", label: "First name" },
  { name: "last_name", label: "Last name" },
  { name: "birth_date", label: "Born", type: "date" },
  { name: "gender", label: "Gender", hint: "F, M, or U for unknown" },
  ...ADDRESS,
  {
    name: "diagnoses",
    label: "Diagnoses",
    hint: "ICD-10-CM, the main one first, with spaces between",
    type: "list",
    optional: true,
  },
];
