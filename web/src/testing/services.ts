// The four services as a component test wants them: what they answer is typed by the same descriptions as the client.
import { HttpResponse, http } from "msw";
import { setupServer } from "msw/node";
import type { HttpMethod, PathsWithMethod, Readable, SuccessResponseJSON } from "openapi-typescript-helpers";
import type { Paths } from "@/api";
import type { Details, FieldProblem } from "@/api/problem";

export type Method = Extract<HttpMethod, "get" | "post" | "put" | "patch" | "delete">;
export type PathOf<Of extends Method> = PathsWithMethod<Paths, Of>;
export type Answer<Of extends Method, Path extends PathOf<Of>> = Readable<
  SuccessResponseJSON<Paths[Path][Of & keyof Paths[Path]] & Record<string, unknown>>
>;

/** A change that was sent, as the service got it. */
export interface Sent {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly key: string | null;
  readonly ifMatch: string | null;
  readonly body: unknown;
}

export const server = setupServer();
/** Every change that was sent since the test began; questions that are sent with POST are none, they have no key. */
export const sent: Sent[] = [];

server.events.on("request:start", async ({ request }) => {
  const key = request.headers.get("idempotency-key");
  if (key) {
    const url = new URL(request.url);
    const text = await request.clone().text();
    sent.push({
      method: request.method.toLowerCase(),
      path: url.pathname,
      query: Object.fromEntries(url.searchParams),
      key,
      ifMatch: request.headers.get("if-match"),
      body: text && isJson(request) ? JSON.parse(text) : undefined,
    });
  }
});

/** Let a service answer so from now on. */
export function answers<Of extends Method, Path extends PathOf<Of>>(
  method: Of,
  path: Path,
  answer?: Answer<Of, Path>,
): void {
  server.use(
    http[method](pattern(path), () => (answer === undefined ? nothing() : HttpResponse.json(answer as object))),
  );
}

/** Lose the next answer on its way, as a network does; then what was stated before holds again. */
export function losesOneAnswer<Of extends Method>(method: Of, path: PathOf<Of>): void {
  server.use(http[method](pattern(path), () => HttpResponse.error(), { once: true }));
}

/** Let a service refuse from now on, by default with what is wrong with some fields. */
export function refuses<Of extends Method>(
  method: Of,
  path: PathOf<Of>,
  problem: Partial<Details> & Record<string, unknown>,
): void {
  const details = { type: "/problems/invalid-request", title: "Invalid request", status: 422, detail: "", ...problem };
  server.use(http[method](pattern(path), () => HttpResponse.json(details, { status: details.status })));
}

export function fieldProblem(field: string, message: string, fix: string | null = null): FieldProblem {
  return { field, code: "refused", message, fix };
}

/** A file is sent as it is. */
function isJson(request: Request): boolean {
  return request.headers.get("content-type") === "application/json";
}

function nothing(): Response {
  return new HttpResponse(null, { status: 204 });
}

/** `/rooms/{room_id}` as msw writes it: `/rooms/:room_id`. */
function pattern(path: PropertyKey): string {
  return `${window.location.origin}${String(path).replaceAll(/\{(\w+)\}/g, ":$1")}`;
}
