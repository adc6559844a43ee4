// One typed client of all four services: their paths as the browser sees them, behind the one front.
import createFetchClient, { type Middleware } from "openapi-fetch";
import createQueryClient from "openapi-react-query";
import type { paths as Billing } from "./billing";
import type { paths as Catalog } from "./catalog";
import { idempotentSends, isSend } from "./once";
import { problemOf, Unreachable } from "./problem";
import type { paths as Rooms } from "./rooms";
import type { paths as Scheduling } from "./scheduling";

type Behind<Prefix extends string, Paths> = {
  [Path in keyof Paths as Path extends string ? `${Prefix}${Path}` : never]: Paths[Path];
};

export type Paths = Behind<"/api/catalog", Catalog> &
  Behind<"/api/rooms", Rooms> &
  Behind<"/api/scheduling", Scheduling> &
  Behind<"/api/billing", Billing>;

const problems: Middleware = {
  async onResponse({ request, response }) {
    if (!response.ok) {
      throw await problemOf(response, isSend(request));
    }
  },
  onError({ request, error }) {
    return error instanceof DOMException && error.name === "AbortError" ? error : new Unreachable(isSend(request));
  },
};

const WITHOUT_BODY = new Set([204, 205, 304]);

/** Fetch the whole answer: one that breaks off half-way, or is a page for people, is a service that cannot be reached, as one that never began. */
export async function fetchWhole(request: Request): Promise<Response> {
  const response = await fetch(request);
  if (response.headers.get("content-type")?.startsWith("text/html")) {
    // No service answers so: it is a page that something in between has put in the place of the answer, such as a sign-in.
    throw new TypeError("The answer is a page.");
  }
  const body = await response.arrayBuffer();
  return new Response(WITHOUT_BODY.has(response.status) ? null : body, response);
}

/** Fetch a document; a refusal is thrown as a `Problem`. */
export async function download(href: string): Promise<Blob> {
  const answer = await fetch(href).catch(() => {
    throw new Unreachable();
  });
  if (!answer.ok) {
    throw await problemOf(answer);
  }
  return await answer.blob();
}

export const http = createFetchClient<Paths>({
  baseUrl: "/",
  fetch: fetchWhole,
  querySerializer: { array: { style: "form", explode: true } },
});
// Answers come back through the last one first: a refusal is an answer, and then a problem.
const sends = idempotentSends();
http.use(problems, sends);

/** To be called when somebody discards what was sent since then and not answered: sent anew, it is another change. */
export const discardSends = sends.discard;

/** Queries and mutations by method and path; every failure is a `Problem`. */
export const api = createQueryClient(http);
