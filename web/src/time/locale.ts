// How dates, times and amounts are written: the words are English, as all words of the front are, the conventions (12 or 24 hours, the
// order of day and month, the first day of the week) are those of the country whose clock is shown. Amounts have no words: they are
// written as in the browser's language.
export interface Conventions {
  /** For `Intl`: English as it is written in the site's country, such as `en-DE`. */
  readonly locale: string;
  /** For numbers without words: the browser's language in the site's country, such as `de-DE`. */
  readonly numbers: string;
  readonly twelveHours: boolean;
  /** As `DatesProvider` counts: 0 is Sunday, 1 is Monday. */
  readonly firstDayOfWeek: 0 | 1 | 2 | 3 | 4 | 5 | 6;
}

/** Every other word of the front is English, and so are the calendars of the date fields. */
const WORDS = "en";
/** Of the browser: which country is meant where there is no site, and what else the names of days and months may be typed in. */
export const BROWSERS_LANGUAGE = globalThis.navigator?.language ?? "en-US";
const MONDAY = 1;
const SUNDAY = 7;
/** Looked at before all others, because looking at all of them takes a third of a second. */
const LIKELY = ["US", "CA", "GB", "DE", "AT", "CH", "FR", "AU"];
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

/** What browsers know of a country beyond TypeScript's library: as methods, in older ones as properties. */
interface Country extends Intl.Locale {
  getTimeZones?: () => string[] | undefined;
  readonly timeZones?: string[];
  getWeekInfo?: () => { firstDay: number };
  readonly weekInfo?: { firstDay: number };
}

const known = new Map<string, Conventions>();

/** The conventions at a time zone. */
export function conventionsOf(zone: string, language: string = BROWSERS_LANGUAGE): Conventions {
  const key = `${language} ${zone}`;
  const found = known.get(key) ?? conventionsIn(regionOf(zone, language), language);
  known.set(key, found);
  return found;
}

let clock = Intl.DateTimeFormat().resolvedOptions().timeZone;
let here = conventionsIn(countryOf(BROWSERS_LANGUAGE), BROWSERS_LANGUAGE);

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
  // Whether hours go to 12 or to 24 is what people there write in their own language.
  const own = region ? `${country.maximize().language}-${region}` : WORDS;
  const locale = region ? `${WORDS}-${region}` : WORDS;
  const firstDay = region ? ((country.getWeekInfo?.() ?? country.weekInfo)?.firstDay ?? MONDAY) : MONDAY;
  return {
    locale,
    numbers: region ? new Intl.Locale(language, { region }).toString() : language,
    twelveHours: new Intl.DateTimeFormat(own, { hour: "numeric" }).resolvedOptions().hour12 === true,
    firstDayOfWeek: (firstDay % SUNDAY) as Conventions["firstDayOfWeek"],
  };
}

/** The country of a time zone; the browser's where no country has it. */
function regionOf(zone: string, language: string): string | undefined {
  const browsers = countryOf(language);
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

/** The country in which a language is written, the likeliest where it names none. */
function countryOf(language: string): string | undefined {
  return new Intl.Locale(language).maximize().region;
}

function everyRegion(): string[] {
  return [...ALPHABET].flatMap((first) => [...ALPHABET].map((second) => first + second));
}
