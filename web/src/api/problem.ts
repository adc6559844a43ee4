// A refusal as the services write it: what, why, and what would work (RFC 9457).
import type { components } from "./scheduling";
import { inLocalWords } from "./wording";

export type Details = components["schemas"]["ProblemDetails"];
export type FieldProblem = components["schemas"]["FieldError"];

const IMPOSSIBLE_PERIOD = {
  title: "This period is not possible",
  detail: "Choose a To that is not before From, or a shorter period.",
};

/** Problems whose title, or all of whose words, are for programs. */
const FOR_STAFF: Readonly<Record<string, { readonly title: string; readonly detail?: string }>> = {
  "stale-version": {
    title: "Somebody else changed this meanwhile",
    detail: "Nothing was saved. Look at what it is now, then decide again.",
  },
  "impossible-step": { title: "Not possible now" },
  "invalid-request": { title: "Not entered correctly" },
  "unstorable-value": { title: "This cannot be saved" },
  "broken-reference": {
    title: "This cannot be saved",
    detail:
      "Something that it needs is not there, so nothing was saved. Reload the page and look at what is there now.",
  },
  "invalid-cursor": { title: "The list cannot be continued" },
  "bad-period": IMPOSSIBLE_PERIOD,
  "impossible-range": IMPOSSIBLE_PERIOD,
  "unusable-rule": { title: "It cannot repeat in this way" },
  "bad-sheet": { title: "The file has errors" },
  "invalid-sheet": { title: "The file has errors" },
  "money-is-gone": { title: "The money is no longer there" },
};

/** Something that could not be done, in words that a person can act on. */
export class Problem extends Error implements Details {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly errors: FieldProblem[];
  /** Further members of the problem, such as the sessions that are affected. */
  readonly more: Record<string, unknown>;

  constructor({ type, title, status, detail, errors, ...more }: Details & Record<string, unknown>) {
    const local = inLocalWords({
      message: detail,
      times: (errors ?? []).flatMap(({ times }) => times ?? []),
      people: (errors ?? []).flatMap(({ people }) => people ?? []),
    }).message;
    const words = FOR_STAFF[codeOf(type)];
    super(words?.detail ?? local);
    this.name = "Problem";
    this.type = type;
    this.title = words?.title ?? title;
    this.status = status;
    this.detail = words?.detail ?? local;
    this.errors = (errors ?? []).map(inLocalWords);
    this.more = more;
  }

  get code(): string {
    return codeOf(this.type);
  }

  /** Whether the same request may succeed later without anybody changing it. */
  get passes(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

/** What a form can do of which it is not known whether it was saved: its request keeps its Idempotency-Key. */
export const SEND_AGAIN =
  "Nothing that you entered is lost: save it again in a moment. It is saved only once, however often it is sent.";

export class Unreachable extends Problem {
  /** `isSent` is whether something was sent, not asked for. */
  constructor(isSent = false) {
    const isOffline = globalThis.navigator?.onLine === false;
    super({
      type: "/problems/unreachable",
      title: isOffline ? "There is no network" : "Holdfast cannot be reached",
      status: 0,
      detail: isOffline
        ? "This device is offline. Pages reload by themselves when the network is back; anything else must be sent again."
        : isSent
          ? `The server does not answer. ${SEND_AGAIN}`
          : "The server does not answer. Check the network and try again.",
      errors: [],
    });
  }
}

/** Whether what was sent may have been done although it failed: no answer came, or one of a server that does not know. */
export function mayBeDone(error: unknown): boolean {
  if (!error) {
    return false;
  }
  const { status } = asProblem(error);
  return status === 0 || status >= 500;
}

/** Refusals of a gateway, or of a service that lost its database, which know of services and keys and nothing of a desk. */
const UNANSWERED: ReadonlySet<string> = new Set(["service-unreachable", "service-late"]);
const FOR_PROGRAMS = "Idempotency-Key";

/** The problem of an answer that is none; `isSent` is whether it answers something that was sent, not asked for. */
export async function problemOf(response: Response, isSent = false): Promise<Problem> {
  const body: unknown = await response.json().catch(() => null);
  if (!isDetails(body) && response.status < 500) {
    return new Problem({
      type: "/problems/unexplained",
      title: "The request was refused",
      status: response.status,
      detail: `The answer was ${response.status} without details.`,
      errors: [],
    });
  }
  const problem = isDetails(body)
    ? new Problem(body)
    : new Problem({ type: "/problems/unexplained", title: "", status: response.status, detail: "", errors: [] });
  return isDetails(body) && !UNANSWERED.has(problem.code) && !problem.detail.includes(FOR_PROGRAMS)
    ? problem
    : unanswered(problem, isSent);
}

/** The same for somebody at a desk. */
function unanswered({ type, status, more, code }: Problem, isSent: boolean): Problem {
  const service = typeof more.service === "string" ? serviceInWords(more.service) : "A part of Holdfast";
  const what = code === "service-late" ? "takes too long to answer" : "cannot be reached now";
  return new Problem({
    ...more,
    type,
    status,
    title: `${service} ${what}`,
    detail: isSent ? SEND_AGAIN : "Try again in a moment.",
    errors: [],
  });
}

function serviceInWords(service: string): string {
  return service.charAt(0).toUpperCase() + service.slice(1);
}

/** Anything that was thrown, as a problem. */
export function asProblem(error: unknown): Problem {
  if (error instanceof Problem) {
    return error;
  }
  const detail = error instanceof Error ? error.message : String(error);
  return new Problem({ type: "/problems/page", title: "This page has an error", status: -1, detail, errors: [] });
}

function isDetails(body: unknown): body is Details & Record<string, unknown> {
  return typeof body === "object" && body !== null && "title" in body && "detail" in body && "status" in body;
}

function codeOf(type: string): string {
  return type.split("/").at(-1) ?? "";
}
