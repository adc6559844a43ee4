// What the services speak of, by the words of the clinic; every shape is generated from their OpenAPI.
import type { Readable } from "openapi-typescript-helpers";
import type { components as BillingParts } from "./billing";
import type { components as CatalogParts } from "./catalog";
import type { components as RoomsParts } from "./rooms";
import type { components as SchedulingParts } from "./scheduling";

export { api, http, type Paths } from "./client";
export { type SessionsAsked, useEverySession } from "./every";
export { asProblem, type FieldProblem, Problem } from "./problem";

type Scheduling = SchedulingParts["schemas"];
type Rooms = RoomsParts["schemas"];
type Catalog = CatalogParts["schemas"];
type Billing = BillingParts["schemas"];

export type Session = Scheduling["SessionView"];
export type SessionStatus = Scheduling["SessionStatus"];
export type Alternative = Scheduling["Alternative"];
export type TimelineEntry = Scheduling["TimelineEntry"];
export type NewSession = Scheduling["NewSession"];
export type Check = Scheduling["Check"];
export type Obstruction = Scheduling["Obstruction"];
export type SeriesPreview = Scheduling["Preview"];
export type Occurrence = Scheduling["Previewed"];
export type Therapist = Scheduling["TherapistView"];
export type Client = Scheduling["ClientView"];
export type Site = Readable<Rooms["SiteView"]>;
export type Room = Rooms["RoomView"];
export type RoomCalendar = Rooms["RoomCalendar"];
export type CalendarEntry = Rooms["CalendarEntry"];
export type Equipment = Rooms["EquipmentView"];
export type Service = Catalog["ServiceView"];
export type Rate = Catalog["RateView"];
export type RateImpact = Scheduling["RateImpact"];
export type Block = Rooms["BlockView"];
export type Booked = Rooms["Booked"];
export type Replan = Rooms["Replan"];
export type SpecialDay = Rooms["SpecialDayView"];
export type Utilization = Rooms["Utilization"];
export type PricePreview = Billing["PreviewView"];
export type BillingRecord = Billing["RecordView"];
export type Ledger = Billing["LedgerView"];
export type Quote = Billing["QuoteView"];
export type Claim = Billing["ClaimView"];
export type ClaimFinding = Billing["FindingView"];
export type Remittance = Billing["RemittanceSummary"];
export type Report = Billing["Report"];
export type Payer = Billing["PayerView"];
