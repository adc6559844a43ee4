// The booking in the making: it stands in the address, and is kept while the browser's tab is open, so that nobody begins twice.
import { useCallback, useEffect, useRef, useState } from "react";
import { useLocation, useSearchParams } from "react-router";
import { today } from "@/time";
import { beginWish, type Draft, NAMES, readWish, sameAddress, type Wish, writeWish } from "./wish";

/** Whatever became of what was sent. */
export interface Sent {
  readonly sessionId: string | null;
  readonly seriesId: string | null;
}

export interface Booking extends Sent {
  readonly wish: Wish;
  readonly change: (changes: Partial<Wish>) => void;
  /** Nothing is asked for any more; what is given is kept. */
  readonly startOver: (kept?: Partial<Wish>) => void;
  /** It is sent: the address names what came of it from now on. */
  readonly sent: (what: Partial<Sent>) => void;
}

const SESSION = "booked";
const SERIES = "series";
/** The site of the booking, which stays when another one is chosen. */
const AT = "at";

/** The booking at a site; one that the address has for another site is left there. */
export function useWish(siteId: string, zone: string): Booking {
  const [, setQuery] = useSearchParams();
  const { search } = useLocation();
  const query = atSite(search, siteId);
  const day = today(zone);
  const kept = nameOf(siteId);
  const isSent = query.has(SESSION) || query.has(SERIES);
  const [wish, setWish] = useState<Wish>(() => beginWish(query, isSent ? null : recall(kept), day));
  const present = useRef(wish);
  present.current = wish;

  const write = useCallback(
    (next: URLSearchParams) => {
      if (next.toString() !== new URLSearchParams(window.location.search).toString()) {
        setQuery(next, { replace: true });
      }
    },
    [setQuery],
  );

  // biome-ignore lint/correctness/useExhaustiveDependencies: written when the booking changes, and not when the address does
  useEffect(() => {
    write(writeWish(atSite(window.location.search, siteId), wish, day));
    if (!isSent) {
      keep(kept, { query: writeWish(new URLSearchParams(), wish, day).toString(), ...pickText(wish) });
    }
  }, [wish]);

  // Somebody came here by a link or went back: the address says something else than the form.
  // biome-ignore lint/correctness/useExhaustiveDependencies: read when the address changes, and not when the booking does
  useEffect(() => {
    const now = atSite(window.location.search, siteId);
    const isCurrent = query.toString() === now.toString();
    if (isCurrent && !sameAddress(readWish(now, day), present.current, day)) {
      setWish(beginWish(now, now.has(SESSION) || now.has(SERIES) ? null : recall(kept), day));
    }
  }, [search]);

  return {
    wish,
    sessionId: query.get(SESSION),
    seriesId: query.get(SERIES),
    change: useCallback((changes) => setWish((before) => ({ ...before, ...changes })), []),
    startOver: (some = {}) => {
      sessionStorage.removeItem(kept);
      const next = { ...readWish(new URLSearchParams(), day), ...some };
      const address = atSite(window.location.search, siteId);
      address.delete(SESSION);
      address.delete(SERIES);
      write(writeWish(address, next, day));
      setWish(next);
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

function pickText({ notes, override }: Wish): Pick<Draft, "notes" | "override"> {
  return { notes, override };
}

function keep(name: string, draft: Draft): void {
  sessionStorage.setItem(name, JSON.stringify(draft));
}

function recall(name: string): Draft | null {
  const text = sessionStorage.getItem(name);
  return text ? (JSON.parse(text) as Draft) : null;
}
