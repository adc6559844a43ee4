// What every link within the front keeps of the address, such as the chosen site.
import { createContext, useCallback, useContext } from "react";

export const KeptInLinks = createContext<Readonly<Record<string, string>>>({});

/** Where a link within the front leads, with what is kept in it. */
export function useAt(): (path: string) => string {
  const kept = useContext(KeptInLinks);
  return useCallback(
    (path: string) => {
      const [before, after = ""] = path.split("?");
      const query = new URLSearchParams(after);
      for (const [name, value] of Object.entries(kept)) {
        query.set(name, value);
      }
      return `${before}?${query}`;
    },
    [kept],
  );
}
