// One of everything that the services know, for component tests: change what a test is about, `{ ...ROOM, capacity: 4 }`.
import type {
  BillingRecord,
  Claim,
  Client,
  Coverage,
  Ledger,
  Payer,
  PricePreview,
  Rate,
  Room,
  Service,
  Session,
  Site,
  Therapist,
} from "@/api";
import type { components as Billing } from "@/api/billing";
import type { components as Scheduling } from "@/api/scheduling";

/** An id that shows what it is of: `00000000-0000-4000-8000-0000000000a1`. */
export function id(of: string): string {
  return `00000000-0000-4000-8000-${of.padStart(12, "0")}`;
}

const WRITTEN = { created_at: "2026-01-05T14:00:00Z", updated_at: "2026-01-05T14:00:00Z", version: 3 } as const;
const BY_DAY: [string, string][] = [["08:00", "20:00"]];

export const NETWORK: Billing["schemas"]["NetworkView"] = { time_zone: "America/New_York", today: "2026-03-02" };

export const SITE: Site = {
  ...WRITTEN,
  id: id("1"),
  site_name: "Harbor Street",
  time_zone: "America/New_York",
  address: "1 Harbor Street, Portland, ME",
  is_active: true,
  opening_hours: { mon: BY_DAY, tue: BY_DAY, wed: BY_DAY, thu: BY_DAY, fri: BY_DAY, sat: BY_DAY, sun: BY_DAY },
};

/** In another time zone than the other one, and closed with what was booked there. */
export const CLOSED_SITE: Site = {
  ...SITE,
  id: id("16"),
  site_name: "Canal Street",
  time_zone: "Europe/Berlin",
  address: "9 Canal Street, Berlin",
  is_active: false,
};

export const ROOM: Room = {
  ...WRITTEN,
  id: id("2"),
  site_id: SITE.id,
  room_number: "201",
  room_name: "Willow",
  capacity: 2,
  equipment: [],
  turnover_minutes: 0,
  notes: "",
  position: 1,
  is_active: true,
};

export const CLIENT: Client = {
  ...WRITTEN,
  id: id("3"),
  full_name: "Jonas Reed",
  email: "jonas@example.org",
  phone: "+1 207 555 0134",
  time_zone: "America/New_York",
};

export const THERAPIST: Therapist = {
  ...WRITTEN,
  id: id("4"),
  full_name: "Ruth Okafor",
  credential: "LCSW",
  npi: null,
  site_ids: [],
  time_zone: "America/New_York",
  is_active: true,
};

export const SERVICE: Service = {
  ...WRITTEN,
  id: id("5"),
  service_code: "90837",
  service_name: "Individual psychotherapy, 60 minutes",
  service_type: "psychotherapy",
  kind: "base",
  base_rate: "185.00",
  billed_per: "client",
  billing_category: "",
  claimable: "insurance",
  components: [],
  description: "",
  excludes_same_day: [],
  requires_primary: [],
  is_active: true,
  standard_duration: 60,
  min_minutes: null,
  max_minutes: null,
  max_units_per_day: null,
  min_clients: 1,
};

export const RATE: Rate = {
  id: id("6"),
  amount: "185.00",
  created_at: WRITTEN.created_at,
  created_by: "front desk",
  effective_from: "2026-01-01",
  effective_to: null,
};

export const SESSION: Session = {
  ...WRITTEN,
  id: id("7"),
  status: "booked",
  site_id: SITE.id,
  room_id: ROOM.id,
  room_number: ROOM.room_number,
  therapist_id: THERAPIST.id,
  therapist_name: THERAPIST.full_name,
  client_id: CLIENT.id,
  client_ids: [CLIENT.id],
  client_name: CLIENT.full_name,
  client_location: null,
  service_id: SERVICE.id,
  service_code: SERVICE.service_code,
  service_name: SERVICE.service_name,
  starts_at: "2026-03-02T14:00:00Z",
  ends_at: "2026-03-02T15:00:00Z",
  actual_start: null,
  actual_end: null,
  alternatives: [],
  billing_notes: null,
  calculated_rate: "185.00",
  cancellation_reason: null,
  insurance_applicable: false,
  modality: "in_person",
  rejection_reason: null,
  rescheduling: false,
  series_id: null,
};

export const ENTRY: Scheduling["schemas"]["EntryView"] = {
  id: id("8"),
  status: "waiting",
  client_id: CLIENT.id,
  client_name: CLIENT.full_name,
  service_id: SERVICE.id,
  site_id: SITE.id,
  therapist_id: null,
  session_id: null,
  earliest: "2026-03-02T05:00:00Z",
  latest: "2026-03-30T04:00:00Z",
  hours: null,
  modality: "in_person",
  offer_until: null,
  position: 1,
  created_at: WRITTEN.created_at,
};

export const PAYER: Payer = {
  ...WRITTEN,
  id: id("9"),
  payer_name: "Harbor Health",
  payer_code: "HH001",
  claim_filing_code: "CI",
  telehealth_place_of_service: "10",
  telehealth_modifier: "95",
  address: null,
  is_active: true,
};

export const COVERAGE: Coverage = {
  ...WRITTEN,
  id: id("10"),
  client_id: CLIENT.id,
  payer_id: PAYER.id,
  plan_name: "Gold",
  member_id: "M100",
  group_number: null,
  relationship: "self",
  subscriber: null,
  mode: "in_network",
  copay: "25.00",
  copay_after_deductible: false,
  coinsurance_percent: "0",
  deductible_remaining: "0.00",
  deductible_left: "0.00",
  out_of_pocket_remaining: null,
  out_of_pocket_left: null,
  visits_authorized: null,
  visits_left: null,
  authorization_number: null,
  as_of: "2026-01-01",
  effective_from: "2026-01-01",
  effective_to: null,
};

export const FEE: Billing["schemas"]["FeeView"] = {
  id: id("11"),
  payer_id: PAYER.id,
  service_code: SERVICE.service_code,
  credential: null,
  amount: "140.00",
  effective_from: "2026-01-01",
  effective_to: null,
  in_catalog: true,
  created_at: WRITTEN.created_at,
  version: 3,
};

export const DISCOUNT: Billing["schemas"]["DiscountView"] = {
  id: id("12"),
  client_id: CLIENT.id,
  percent: "20",
  reason: "Sliding scale",
  effective_from: "2026-01-01",
  effective_to: null,
  version: 3,
};

export const RECORD: BillingRecord = {
  ...WRITTEN,
  id: id("13"),
  session_id: SESSION.id,
  client_id: CLIENT.id,
  therapist_id: THERAPIST.id,
  site_id: SITE.id,
  service_id: SERVICE.id,
  service_code: SERVICE.service_code,
  service_date: "2026-03-02",
  billing_date: "2026-03-02",
  billed_per: "client",
  kind: "session",
  minutes: 60,
  units: 1,
  modality: "in_person",
  telehealth: false,
  client_location: null,
  payer_id: null,
  insurance_applicable: false,
  insurance_covered: false,
  payment_status: "pending",
  rate_per_unit: "185.00",
  total_amount: "185.00",
  allowed_amount: "185.00",
  contractual_adjustment: "0.00",
  other_adjustment: "0.00",
  copay_amount: "0.00",
  coinsurance_amount: "0.00",
  deductible_amount: "0.00",
  insurance_amount: "0.00",
  patient_amount: "185.00",
  unapplied_credit: "0.00",
  balance: "185.00",
  diagnoses: [],
  flags: [],
  lines: [],
  revision: 1,
  replaces_id: null,
};

export const LEDGER: Ledger = {
  record_id: RECORD.id,
  items: [],
  balance: "185.00",
  balances: { patient_ar: "185.00", payer_ar: "0.00" },
  client_credit: "0.00",
  insurer_credit: "0.00",
  unapplied_credit: "0.00",
  payment_status: "pending",
  shares: {
    contractual_adjustment: "0.00",
    insurance_amount: "0.00",
    is_answered: false,
    other_adjustment: "0.00",
    patient_amount: "185.00",
    written_off: "0.00",
  },
};

export const CLAIM: Claim = {
  id: id("14"),
  batch_id: id("15"),
  record_id: RECORD.id,
  client_id: CLIENT.id,
  payer_id: PAYER.id,
  payer_name: PAYER.payer_name,
  payer_reference: "PR-77",
  control_number: "HF-1001",
  frequency: "1",
  status: "accepted",
  service_date: RECORD.service_date,
  total_amount: "185.00",
  claimed_anew: false,
  to_be_withdrawn: true,
  findings: [],
  lines: [],
  rejections: [],
  replaces_id: null,
  created_at: WRITTEN.created_at,
  updated_at: WRITTEN.updated_at,
};

export const PREVIEW: PricePreview = {
  service_id: SERVICE.id,
  service_code: SERVICE.service_code,
  service_date: "2026-03-02",
  units: 1,
  rate_per_unit: "185.00",
  total_amount: "185.00",
  allowed_amount: "185.00",
  contractual_adjustment: "0.00",
  other_adjustment: "0.00",
  copay_amount: "0.00",
  coinsurance_amount: "0.00",
  deductible_amount: "0.00",
  insurance_amount: "0.00",
  patient_amount: "185.00",
  insurance_applicable: false,
  insurance_covered: false,
  assumptions: [],
  flags: [],
  lines: [],
  fitting_service: null,
  valid_until: null,
  cancellation: { detail: "", late_cancellation_fee: "60.00", late_within_minutes: 1440, no_show_fee: "90.00" },
};
