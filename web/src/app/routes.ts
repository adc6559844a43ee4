// Every page of the front, one line each: add yours here and its component in `src/pages/<page>/`.
import {
  IconBuilding,
  IconCalendarPlus,
  IconCalendarTime,
  IconClipboardList,
  IconHeartRateMonitor,
  IconHourglass,
  IconListDetails,
  IconReceipt,
  IconUsers,
} from "@tabler/icons-react";
import type { ComponentType } from "react";

export interface PageRoute {
  /** Without a slash before it; `:names` are parameters. */
  readonly path: string;
  /** Whether it makes sense where there is no site yet. */
  readonly withoutSite?: boolean;
  /** Whether it is shown also while rooms cannot be reached and no site is known. */
  readonly whileSitesAreUnknown?: boolean;
  /** Whether it is about all sites, whichever is chosen: the choice is not shown there. */
  readonly ofAllSites?: boolean;
  /** The path of the page in the navigation to which it belongs, where its own does not begin with that. */
  readonly within?: string;
  /** What it is found by; pages of one thing are found by that thing. */
  readonly name?: string;
  readonly about?: string;
  readonly icon?: typeof IconCalendarTime;
  /** What the page exports as `Component` is loaded when somebody goes there. */
  readonly load: () => Promise<{ Component: ComponentType }>;
}

export interface NavigationRoute extends PageRoute {
  readonly name: string;
  readonly about: string;
  readonly icon: typeof IconCalendarTime;
  /** Goes there after `g`. */
  readonly key: string;
}

/** What stands in the navigation, in its order. */
export const NAVIGATION: readonly NavigationRoute[] = [
  {
    path: "calendar",
    name: "Calendar",
    about: "Rooms and therapists by day and week",
    icon: IconCalendarTime,
    key: "c",
    load: () => import("@/pages/calendar"),
  },
  {
    path: "book",
    name: "Book",
    about: "A session or a series of sessions",
    icon: IconCalendarPlus,
    key: "b",
    load: () => import("@/pages/book"),
  },
  {
    path: "sessions",
    name: "Sessions",
    about: "Sessions by day, with search",
    icon: IconListDetails,
    key: "s",
    load: () => import("@/pages/sessions"),
  },
  {
    path: "waitlist",
    name: "Waitlist",
    about: "Clients who wait for a slot",
    icon: IconHourglass,
    key: "w",
    load: () => import("@/pages/waitlist"),
  },
  {
    path: "people",
    name: "Clients & therapists",
    about: "Clients and therapists",
    icon: IconUsers,
    key: "p",
    withoutSite: true,
    load: () => import("@/pages/people"),
  },
  {
    path: "catalog",
    name: "Catalog",
    about: "Services, billing codes and rates",
    icon: IconClipboardList,
    key: "a",
    withoutSite: true,
    load: () => import("@/pages/catalog"),
  },
  {
    path: "rooms",
    name: "Rooms",
    about: "Sites, rooms, opening hours and blocks",
    icon: IconBuilding,
    key: "r",
    withoutSite: true,
    load: () => import("@/pages/rooms"),
  },
  {
    path: "billing",
    name: "Billing",
    about: "Records, payments and reports",
    icon: IconReceipt,
    key: "m",
    withoutSite: true,
    ofAllSites: true,
    load: () => import("@/pages/billing"),
  },
  {
    path: "operations",
    name: "Operations",
    about: "State of the platform",
    icon: IconHeartRateMonitor,
    key: "o",
    withoutSite: true,
    whileSitesAreUnknown: true,
    load: () => import("@/pages/operations"),
  },
];

/** Pages that others lead to. */
export const PAGES: readonly PageRoute[] = [
  {
    path: "billing/records/:recordId",
    withoutSite: true,
    ofAllSites: true,
    load: () => import("@/pages/billing/record"),
  },
  {
    path: "billing/claims",
    name: "Claims",
    about: "Records to be claimed, claim files, and claims that were rejected or denied",
    withoutSite: true,
    ofAllSites: true,
    load: () => import("@/pages/billing/claims"),
  },
  {
    path: "billing/claims/:batchId",
    withoutSite: true,
    ofAllSites: true,
    load: () => import("@/pages/billing/claims/batch"),
  },
  {
    path: "billing/remittances",
    name: "Remittances",
    about: "Payments of insurers, and acknowledgements of claims",
    withoutSite: true,
    ofAllSites: true,
    load: () => import("@/pages/billing/remittances"),
  },
  {
    path: "billing/remittances/:remittanceId",
    withoutSite: true,
    ofAllSites: true,
    load: () => import("@/pages/billing/remittances/remittance"),
  },
  {
    path: "billing/credit",
    name: "Credit",
    about: "Unapplied credit, to be refunded or transferred",
    withoutSite: true,
    ofAllSites: true,
    load: () => import("@/pages/billing/credit"),
  },
  {
    path: "billing/payers",
    name: "Payers",
    about: "Insurers and the fees agreed with them",
    withoutSite: true,
    ofAllSites: true,
    load: () => import("@/pages/billing/payers"),
  },
  {
    path: "billing/payers/:payerId",
    withoutSite: true,
    ofAllSites: true,
    load: () => import("@/pages/billing/payers/payer"),
  },
  {
    path: "billing/clients",
    name: "Clients' accounts",
    about: "Coverage, discounts, estimates, superbills and statements",
    withoutSite: true,
    ofAllSites: true,
    load: () => import("@/pages/billing/clients"),
  },
  {
    path: "billing/clients/:clientId",
    withoutSite: true,
    ofAllSites: true,
    load: () => import("@/pages/billing/clients/client"),
  },
  {
    path: "billing/diagnosis-codes",
    name: "Diagnosis codes",
    about: "ICD-10-CM codes with the days on which they are valid",
    withoutSite: true,
    ofAllSites: true,
    load: () => import("@/pages/billing/diagnosis-codes"),
  },
  {
    path: "billing/changes",
    name: "Changes",
    about: "Change log of billing: who changed what",
    withoutSite: true,
    ofAllSites: true,
    load: () => import("@/pages/billing/changes"),
  },
  {
    path: "billing/organization",
    name: "Our details",
    about: "Organization, sites and therapists on claims, superbills and statements",
    withoutSite: true,
    ofAllSites: true,
    load: () => import("@/pages/billing/organization"),
  },
  {
    path: "billing/reports",
    name: "Reports",
    about: "Revenue, aging, daily close, adjustments, denials, unbilled, quoted and billed, reconciliation",
    withoutSite: true,
    ofAllSites: true,
    load: () => import("@/pages/billing/reports"),
  },
  { path: "sessions/:sessionId", load: () => import("@/pages/session") },
  { path: "series/:seriesId", within: "sessions", withoutSite: true, load: () => import("@/pages/series") },
  {
    path: "policies",
    within: "rooms",
    name: "Booking policies",
    about: "Notice, buffers, daily maximum, cancellation rules, travel times and overrides",
    withoutSite: true,
    load: () => import("@/pages/rooms/policies"),
  },
  {
    path: "people/therapists",
    name: "Therapists",
    about: "Credentials, working hours and time off",
    withoutSite: true,
    load: () => import("@/pages/people/therapists"),
  },
  { path: "people/therapists/:therapistId", withoutSite: true, load: () => import("@/pages/people/therapist") },
  { path: "people/clients/:clientId", withoutSite: true, load: () => import("@/pages/people/client") },
  {
    path: "catalog/import",
    name: "Import the catalog",
    about: "From a sheet",
    withoutSite: true,
    load: () => import("@/pages/catalog/sheet"),
  },
  {
    path: "rooms/hours",
    name: "Opening hours",
    about: "Weekdays and special days of the site",
    load: () => import("@/pages/rooms/hours"),
  },
  {
    path: "rooms/utilization",
    name: "Utilization",
    about: "Share of open time in which rooms are used",
    load: () => import("@/pages/rooms/utilization"),
  },
  {
    path: "rooms/what-if",
    name: "What if",
    about: "Effects of one room more or fewer",
    load: () => import("@/pages/rooms/what-if"),
  },
  {
    path: "rooms/equipment",
    name: "Equipment",
    about: "Equipment of rooms",
    withoutSite: true,
    load: () => import("@/pages/rooms/equipment"),
  },
  {
    path: "rooms/sites",
    name: "Sites",
    about: "Clinic locations and time zones",
    withoutSite: true,
    load: () => import("@/pages/rooms/sites"),
  },
  { path: "rooms/:roomId", withoutSite: true, load: () => import("@/pages/rooms/room") },
  { path: "catalog/:serviceId", withoutSite: true, load: () => import("@/pages/catalog/service") },
];

/** Where the front begins. */
export const HOME = "/calendar";
