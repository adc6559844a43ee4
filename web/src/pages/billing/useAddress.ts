// What a list shows stands in the address, so that it can be sent to a colleague and survives a reload.
import { useSearchParams } from "react-router";

/** Read the address, and write into it without a new step in the history. */
export function useAddress(): readonly [URLSearchParams, (changes: Readonly<Record<string, string | null>>) => void] {
  const [query, setQuery] = useSearchParams();
  const put = (changes: Readonly<Record<string, string | null>>) =>
    setQuery(
      (before) => {
        const next = new URLSearchParams(before);
        for (const [name, value] of Object.entries(changes)) {
          if (value) {
            next.set(name, value);
          } else {
            next.delete(name);
          }
        }
        return next;
      },
      { replace: true },
    );
  return [query, put];
}
