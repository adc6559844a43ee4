// One typed client of all four services: their paths as the browser sees them, behind the one front.
import createFetchClient, { type Middleware } from "openapi-fetch";
import createQueryClient from "openapi-react-query";
import type { paths as Billing } from "./billing";
import type { paths as Catalog } from "./catalog";
import { idempotentSends } from "./once";
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
  async onResponse({ response }) {
    if (!response.ok) {
      throw await problemOf(response);
    }
  },
  onError({ error }) {
    return error instanceof DOMException && error.name === "AbortError" ? error : new Unreachable();
  },
};

const WITHOUT_BODY = new Set([204, 205, 304]);

/** Fetch the whole answer: one that breaks off half-way is a service that cannot be reached, as one that never began. */
export async function fetchWhole(request: Request): Promise<Response> {
  const response = await fetch(request);
  const body = await response.arrayBuffer();
  return new Response(WITHOUT_BODY.has(response.status) ? null : body, response);
}

export const http = createFetchClient<Paths>({
  baseUrl: "/",
  fetch: fetchWhole,
  querySerializer: { array: { style: "form", explode: true } },
});
// Answers come back through the last one first: a refusal is an answer, and then a problem.
http.use(problems, idempotentSends());

/** Queries and mutations by method and path; every failure is a `Problem`. */
export const api = createQueryClient(http);
