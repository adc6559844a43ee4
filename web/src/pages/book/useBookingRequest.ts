// The booking in the making: it stands in the address, and is kept while the browser's tab is open, so that nobody begins twice.
import { useCallback, useEffect, useRef, useState } from "react";
import { useLocation, useSearchParams } from "react-router";
import { today } from "@/time";
import {
  type BookingRequest,
  beginRequest,
  type Draft,
  NAMES,
  readRequest,
  sameAddress,
  unaddressedOf,
  writeRequest,
} from "./bookingRequest";

/** Whatever became of what was sent. */
export interface Sent {
  readonly sessionId: string | null;
  readonly seriesId: string | null;
}

export interface Booking extends Sent {
  readonly wanted: BookingRequest;
  readonly change: (changes: Partial<BookingRequest>) => void;
  /** Nothing is requested any more; what is given is kept. */
  readonly startOver: (kept?: Partial<BookingRequest>) => void;
  /** It is sent: the address names what came of it from now on. */
  readonly sent: (what: Partial<Sent>) => void;
}

const SESSION = "booked";
const SERIES = "series";
/** The site of the booking, which stays when another one is chosen. */
const AT = "at";

/** The booking at a site; one that the address has for another site is left there. */
export function useBookingRequest(siteId: string, zone: string): Booking {
  const [, setQuery] = useSearchParams();
  const { search } = useLocation();
  const query = atSite(search, siteId);
  const day = today(zone);
  const kept = nameOf(siteId);
  const isSent = query.has(SESSION) || query.has(SERIES);
  const [wanted, setWanted] = useState<BookingRequest>(() => beginRequest(query, isSent ? null : recall(kept), day));
  const present = useRef(wanted);
  present.current = wanted;

  const write = useCallback(
    (next: URLSearchParams, replace = true) => {
      if (next.toString() !== new URLSearchParams(window.location.search).toString()) {
        setQuery(next, { replace });
      }
    },
    [setQuery],
  );

  // biome-ignore lint/correctness/useExhaustiveDependencies: written when the booking changes, and not when the address does
  useEffect(() => {
    write(writeRequest(atSite(window.location.search, siteId), wanted, day));
    if (!isSent) {
      keep(kept, { query: writeRequest(new URLSearchParams(), wanted, day).toString(), ...unaddressedOf(wanted) });
    }
  }, [wanted]);

  // Somebody came here by a link or went back: the address has another booking than the form.
  // biome-ignore lint/correctness/useExhaustiveDependencies: read when the address changes, and not when the booking does
  useEffect(() => {
    const now = atSite(window.location.search, siteId);
    const isCurrent = query.toString() === now.toString();
    if (isCurrent && !sameAddress(readRequest(now, day), present.current, day)) {
      setWanted(beginRequest(now, now.has(SESSION) || now.has(SERIES) ? null : recall(kept), day));
    }
  }, [search]);

  return {
    wanted,
    sessionId: query.get(SESSION),
    seriesId: query.get(SERIES),
    change: useCallback((changes) => setWanted((before) => ({ ...before, ...changes })), []),
    startOver: (some = {}) => {
      sessionStorage.removeItem(kept);
      const next = { ...readRequest(new URLSearchParams(), day), ...some };
      const address = atSite(window.location.search, siteId);
      address.delete(SESSION);
      address.delete(SERIES);
      // What came of a booking stays in the browser's history.
      write(writeRequest(address, next, day), !isSent);
      setWanted(next);
    },
    sent: ({ sessionId, seriesId }) => {
      sessionStorage.removeItem(kept);
      const address = atSite(window.location.search, siteId);
      if (sessionId) {
        address.set(SESSION, sessionId);
      }
      if (seriesId) {
        address.set(SERIES, seriesId);
      }
      write(address);
    },
  };
}

/** Nothing is left to book of what was written for this site. */
export function forgetDraft(siteId: string): void {
  sessionStorage.removeItem(nameOf(siteId));
}

function nameOf(siteId: string): string {
  return `holdfast-booking ${siteId}`;
}

/** The address of this page without a booking at another site; from now on its booking is at this one. */
function atSite(search: string, siteId: string): URLSearchParams {
  const query = new URLSearchParams(search);
  if ((query.get(AT) ?? siteId) !== siteId) {
    for (const name of [...NAMES, SESSION, SERIES]) {
      query.delete(name);
    }
  }
  query.set(AT, siteId);
  return query;
}

function keep(name: string, draft: Draft): void {
  sessionStorage.setItem(name, JSON.stringify(draft));
}

function recall(name: string): Draft | null {
  const text = sessionStorage.getItem(name);
  // The release before kept no choices.
  return text ? { choices: {}, ...(JSON.parse(text) as Omit<Draft, "choices"> & Partial<Draft>) } : null;
}
