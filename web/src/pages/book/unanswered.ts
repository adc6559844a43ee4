// A booking that was sent and not answered: whether it is booked is unknown until the same request is answered.
import { asProblem, type NewSession, type OccurrenceChoice, SEND_AGAIN } from "@/api";
import type { BookingRequest, Repeats } from "./bookingRequest";

/** What was sent, exactly; sent again, it has the same key and is booked once. */
export interface Request {
  readonly wanted: BookingRequest;
  readonly body: NewSession;
  readonly repeats: Repeats | null;
  readonly choices: readonly OccurrenceChoice[];
  /** When it was sent first, in milliseconds. */
  readonly since: number;
}

export const AGAIN_AFTER_MS = 3000;
/** Well below the time for which an unanswered request keeps its key. */
const AGAIN_WITHIN_MS = 300_000;

/** Keeps what was sent until it is answered: who leaves or reads the page again finds it, and it is sent again. */
export function keepUnanswered(siteId: string, request: Request): void {
  sessionStorage.setItem(nameOf(siteId), JSON.stringify(request));
}

/** It is answered, or somebody decided to change it. */
export function forgetUnanswered(siteId: string): void {
  sessionStorage.removeItem(nameOf(siteId));
}

/** What was sent for this booking and is not answered yet. */
export function findUnanswered(siteId: string, wanted: BookingRequest): Request | null {
  const request = JSON.parse(sessionStorage.getItem(nameOf(siteId)) ?? "null") as Request | null;
  return request && JSON.stringify(request.wanted) === JSON.stringify(wanted) ? { ...request, wanted } : null;
}

/** In the browser's tab, as the booking in the making. */
function nameOf(siteId: string): string {
  return `holdfast-unanswered ${siteId}`;
}

export interface UnansweredWords {
  readonly title: string;
  readonly detail: string;
  readonly beforeChange: string;
}

/** What is known of a booking without an answer, and what happens next. */
export function unansweredInWords(error: unknown, sentAgain: boolean, isOffline: boolean): UnansweredWords {
  const { status, title, detail } = asProblem(error);
  // How a form is saved again does not fit a booking, which is sent again by itself.
  const reason = status > 0 ? `${detail === SEND_AGAIN ? `${title}.` : detail} ` : "";
  if (isOffline) {
    return {
      title: "No answer to the booking: this device is offline",
      detail: sentAgain
        ? "It is sent again by itself as soon as the network is back, and is booked only once."
        : "Send it again when the network is back; it is booked only once.",
      beforeChange: "Before you change it, wait for the network and check in the calendar that it is not booked.",
    };
  }
  return {
    title: "The booking was sent, but there is no answer",
    detail: sentAgain
      ? `${reason}It may be booked already; it is sent again every few seconds until there is an answer, and is booked only once.`
      : `${reason}It may be booked already. Send it again when the server answers; it is booked only once.`,
    beforeChange: "Before you change it, check in the calendar that it is not booked.",
  };
}

/** Whether it is sent again without anybody asking for it. */
export function isSentAgain({ since }: Request, now: number): boolean {
  return now - since < AGAIN_WITHIN_MS;
}
