// A refusal as the services say it: what, why, and what would work (RFC 9457).
import type { components } from "./scheduling";
import { inLocalWords, withLocalTimes } from "./wording";

export type Details = components["schemas"]["ProblemDetails"];
export type FieldProblem = components["schemas"]["FieldError"];

/** Something that could not be done, in words that a person can act on. */
export class Problem extends Error implements Details {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly errors: FieldProblem[];
  /** Whatever else the service said, such as the sessions that are in the way. */
  readonly more: Record<string, unknown>;

  constructor({ type, title, status, detail, errors, ...more }: Details & Record<string, unknown>) {
    const local = withLocalTimes(
      detail,
      (errors ?? []).flatMap(({ times }) => times ?? []),
    );
    super(local);
    this.name = "Problem";
    this.type = type;
    this.title = title;
    this.status = status;
    this.detail = local;
    this.errors = (errors ?? []).map(inLocalWords);
    this.more = more;
  }

  get code(): string {
    return this.type.split("/").at(-1) ?? "";
  }

  /** Whether the same request may succeed later without anybody changing it. */
  get passes(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

export class Unreachable extends Problem {
  constructor() {
    const isOffline = globalThis.navigator?.onLine === false;
    super({
      type: "/problems/unreachable",
      title: isOffline ? "There is no network" : "Holdfast cannot be reached",
      status: 0,
      detail: isOffline
        ? "This device is offline. What a page shows is asked for again when the network is back; anything else must be sent again."
        : "The server does not answer. Check the network and try again.",
      errors: [],
    });
  }
}

export async function problemOf(response: Response): Promise<Problem> {
  const said: unknown = await response.json().catch(() => null);
  if (isDetails(said)) {
    return new Problem(said);
  }
  return new Problem({
    type: "/problems/unexplained",
    title: response.status >= 500 ? "Service unavailable" : "The request was refused",
    status: response.status,
    detail:
      response.status >= 500
        ? "A part of Holdfast does not answer right now. Try again in a moment."
        : `The answer was ${response.status} without details.`,
    errors: [],
  });
}

/** Anything that was thrown, as a problem. */
export function asProblem(error: unknown): Problem {
  if (error instanceof Problem) {
    return error;
  }
  const detail = error instanceof Error ? error.message : String(error);
  return new Problem({ type: "/problems/page", title: "This page has an error", status: -1, detail, errors: [] });
}

function isDetails(said: unknown): said is Details & Record<string, unknown> {
  return typeof said === "object" && said !== null && "title" in said && "detail" in said && "status" in said;
}
