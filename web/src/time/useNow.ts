import { useEffect, useState } from "react";
import { type Instant, now } from "./clock";

/** The present instant, looked at again every so many seconds. */
export function useNow(everySeconds = 30): Instant {
  const [instant, setInstant] = useState(now);
  useEffect(() => {
    const timer = setInterval(() => setInstant(now()), everySeconds * 1000);
    return () => clearInterval(timer);
  }, [everySeconds]);
  return instant;
}
