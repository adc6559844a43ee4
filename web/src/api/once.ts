// One Idempotency-Key per change that is sent. The key stays the same until an answer has arrived or the request is another one:
// sending again after a lost answer does the work once, sending the same again after an answer does it twice. Whoever discards a form that was
// not answered gives its keys up: the same in a new form is another change.
import type { Middleware } from "openapi-fetch";

const HEADER = "idempotency-key";
const READING = new Set(["GET", "HEAD", "OPTIONS"]);
/** Questions that are too long for an address: sent with POST, and they change nothing. */
const QUESTION = /\/(check|preview)$/;
/** What a gateway or a service answers when it does not know whether the work is done. */
const UNDECIDED = new Set([408, 425, 429]);
/** How long an unanswered request keeps its key. */
const KEPT_MS = 600_000;
const KEPT_AT_MOST = 50;
/** Characters of a request whose key outlives a reload; a file is chosen anew then. */
const LONGEST_STORED = 20_000;
const STORED = "holdfast-unanswered-keys";

interface Unanswered {
  readonly key: string;
  readonly since: number;
}

type Tab = Pick<Storage, "getItem" | "setItem">;

type Sends = Middleware & {
  /** Gives up the keys of unanswered requests that were first sent since then, in milliseconds. */
  readonly discard: (since: number) => void;
};

/**
 * Gives every change its key; to be used by a client for all of its requests. The keys of what was not answered are kept in the browser's
 * tab, so that the same that is sent again after a reload is done once.
 */
export function idempotentSends(
  clock: () => number = Date.now,
  tab: Tab | undefined = globalThis.sessionStorage,
): Sends {
  const unanswered = new Map<string, Unanswered>(JSON.parse(tab?.getItem(STORED) ?? "[]") as [string, Unanswered][]);

  function store(): void {
    tab?.setItem(STORED, JSON.stringify([...unanswered].filter(([request]) => request.length <= LONGEST_STORED)));
  }

  function keyOf(request: string): string {
    const found = unanswered.get(request);
    if (found && clock() - found.since < KEPT_MS) {
      return found.key;
    }
    const fresh = { key: newKey(), since: clock() };
    unanswered.delete(request);
    unanswered.set(request, fresh);
    const [oldest] = unanswered.keys();
    if (unanswered.size > KEPT_AT_MOST && oldest !== undefined) {
      unanswered.delete(oldest);
    }
    store();
    return fresh.key;
  }

  return {
    discard(since) {
      for (const [identity, kept] of unanswered) {
        if (kept.since >= since) {
          unanswered.delete(identity);
        }
      }
      store();
    },
    async onRequest({ request }) {
      if (!isSend(request)) {
        return;
      }
      const body = await request.clone().text();
      const identity = [request.method, request.url, request.headers.get("if-match"), body].join("\n");
      request.headers.set(HEADER, keyOf(identity));
      return request;
    },
    onResponse({ request, response }) {
      if (response.status >= 500 || UNDECIDED.has(response.status)) {
        return;
      }
      const key = request.headers.get(HEADER);
      for (const [identity, kept] of unanswered) {
        if (kept.key === key) {
          unanswered.delete(identity);
        }
      }
      store();
    },
  };
}

/** Whether a request changes something, and so has a key. */
export function isSend(request: Request): boolean {
  return !READING.has(request.method) && !QUESTION.test(new URL(request.url).pathname);
}

/** 128 random bits. `crypto.randomUUID` is missing where a page comes over plain HTTP from another computer. */
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
