// In place of parts of the calendar's component that are never shown here, and of the library that computes dates of events that recur:
// none of the events here does, each comes by itself from the services.
export class RRule {
  static parseString(): never {
    throw new Error("Events of the calendar do not recur.");
  }
}

/** The calendar page has a toolbar of its own. */
export function ScheduleHeaderBase(): null {
  return null;
}
