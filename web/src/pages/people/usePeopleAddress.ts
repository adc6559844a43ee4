import { useDebouncedValue } from "@mantine/hooks";
import { useEffect, useState } from "react";
import { useSearchParams } from "react-router";

const TYPING_MS = 150;

/** What is looked for, in a field and in the address. */
export function usePeopleAddress() {
  const [query, setQuery] = useSearchParams();
  const [words, setWords] = useState(query.get("q") ?? "");
  const [settled] = useDebouncedValue(words.trim(), TYPING_MS);

  function put(name: string, value: string | null): void {
    setQuery(
      (before) => {
        const next = new URLSearchParams(before);
        if (value) {
          next.set(name, value);
        } else {
          next.delete(name);
        }
        return next;
      },
      { replace: true },
    );
  }
  // biome-ignore lint/correctness/useExhaustiveDependencies: the address follows the words, nothing else
  useEffect(() => {
    if (settled !== (query.get("q") ?? "")) {
      put("q", settled || null);
    }
  }, [settled]);

  return { query, put, words, setWords, settled };
}
