import { useDebouncedValue } from "@mantine/hooks";
import { useEffect, useState } from "react";
import { useAddress } from "@/ui";

const TYPING_MS = 150;

/** What is looked for, in a field and in the address. */
export function usePeopleAddress() {
  const [query, change] = useAddress();
  const [words, setWords] = useState(query.get("q") ?? "");
  const [settled] = useDebouncedValue(words.trim(), TYPING_MS);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the address follows the words, nothing else
  useEffect(() => {
    if (settled !== (query.get("q") ?? "")) {
      change({ q: settled });
    }
  }, [settled]);

  return { query, change, words, setWords, settled };
}
