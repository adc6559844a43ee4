// The same wish sent twice is done once: whoever presses a button again after a lost answer does not do it again.
import { useCallback, useRef } from "react";

interface Sent {
  readonly body: string;
  readonly key: string;
}

/** Names a wish for `Idempotency-Key`: the same one keeps its name, another one gets a new one. */
export function useOnceKey(): (body: unknown) => { "idempotency-key": string } {
  const last = useRef<Sent | null>(null);
  return useCallback((body: unknown) => {
    const written = JSON.stringify(body);
    if (last.current?.body !== written) {
      last.current = { body: written, key: crypto.randomUUID() };
    }
    return { "idempotency-key": last.current.key };
  }, []);
}
