// How dates and times are written: the words are in the browser's language, the conventions (12 or 24 hours, the order of day and
// month, the first day of the week) are those of the country whose clock is shown.
export interface Conventions {
  /** For `Intl`: the browser's language in the site's country, such as `en-DE`. */
  readonly locale: string;
  readonly twelveHours: boolean;
  /** As `DatesProvider` counts: 0 is Sunday, 1 is Monday. */
  readonly firstDayOfWeek: 0 | 1 | 2 | 3 | 4 | 5 | 6;
  /** How dayjs, which the date fields use, writes a day. */
  readonly dayFormat: string;
}

const LANGUAGE = globalThis.navigator?.language ?? "en-US";
const MONDAY = 1;
const SUNDAY = 7;
/** Looked at before all others, because looking at all of them takes a third of a second. */
const LIKELY = ["US", "CA", "GB", "DE", "AT", "CH", "FR", "AU"];
const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

/** What browsers know of a country beyond TypeScript's library: as methods, in older ones as properties. */
interface Country extends Intl.Locale {
  getTimeZones?: () => string[] | undefined;
  readonly timeZones?: string[];
  getWeekInfo?: () => { firstDay: number };
  readonly weekInfo?: { firstDay: number };
}

const known = new Map<string, Conventions>();

/** The conventions at a time zone. */
export function conventionsOf(zone: string, language: string = LANGUAGE): Conventions {
  const key = `${language} ${zone}`;
  const found = known.get(key) ?? conventionsIn(regionOf(zone, language), language);
  known.set(key, found);
  return found;
}

let clock = Intl.DateTimeFormat().resolvedOptions().timeZone;
let here = conventionsIn(new Intl.Locale(LANGUAGE).region, LANGUAGE);

/** The conventions at the chosen site; those of the browser until there is one. */
export function conventionsHere(): Conventions {
  return here;
}

/** The time zone of the chosen site; that of the browser until there is one. */
export function zoneHere(): string {
  return clock;
}

/** Write and read days and times of day as at this zone from now on. */
export function followConventionsOf(zone: string): Conventions {
  clock = zone;
  here = conventionsOf(zone);
  return here;
}

function conventionsIn(region: string | undefined, language: string): Conventions {
  const country = new Intl.Locale(`und${region ? `-${region}` : ""}`) as Country;
  // What people there write in their own language; the browser's may not be one of theirs.
  const own = region ? `${country.maximize().language}-${region}` : language;
  const locale = region ? new Intl.Locale(language, { region }).toString() : language;
  const firstDay = region ? ((country.getWeekInfo?.() ?? country.weekInfo)?.firstDay ?? MONDAY) : MONDAY;
  return {
    locale,
    twelveHours: new Intl.DateTimeFormat(own, { hour: "numeric" }).resolvedOptions().hour12 === true,
    firstDayOfWeek: (firstDay % SUNDAY) as Conventions["firstDayOfWeek"],
    dayFormat: isDayFirst(locale) ? "ddd, D MMM YYYY" : "ddd, MMM D, YYYY",
  };
}

function isDayFirst(locale: string): boolean {
  const parts = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short" }).formatToParts(0);
  return parts.find(({ type }) => type === "day" || type === "month")?.type === "day";
}

/** The country of a time zone; the browser's where no country has it. */
function regionOf(zone: string, language: string): string | undefined {
  const browsers = new Intl.Locale(language).region;
  if (!zone.includes("/")) {
    return browsers;
  }
  const has = (region: string) => {
    const country = new Intl.Locale(`und-${region}`) as Country;
    return (country.getTimeZones?.() ?? country.timeZones)?.includes(zone) ?? false;
  };
  const likely = [...(browsers ? [browsers] : []), ...LIKELY].find(has);
  return likely ?? everyRegion().find(has) ?? browsers;
}

function everyRegion(): string[] {
  return [...LETTERS].flatMap((first) => [...LETTERS].map((second) => first + second));
}
