// What a list shows stands in the address, so that it can be sent to a colleague and survives a reload.
import { useSearchParams } from "react-router";

type Changes = Readonly<Record<string, string | null>>;

/** Read the address, and write into it without a new step in the history; what is null or empty is left out. */
export function useAddress(): readonly [query: URLSearchParams, change: (changes: Changes) => void] {
  const [query, setQuery] = useSearchParams();
  const change = (changes: Changes) => {
    // The address as it is now: what the last rendering knew of it may lack a choice that was made since.
    const next = new URLSearchParams(window.location.search);
    for (const [name, value] of Object.entries(changes)) {
      if (value) {
        next.set(name, value);
      } else {
        next.delete(name);
      }
    }
    setQuery(next, { replace: true });
  };
  return [query, change];
}
