import { Text } from "@mantine/core";
import { useNow } from "@/time";
import { lastingInWords } from "./text";

/** An answer that is older than this is not how things are. */
const OLD_S = 20;

/** How old what is shown is. */
export function Age({ of }: { of: number }) {
  useNow(1);
  if (!of) {
    return null;
  }
  const seconds = Math.max(0, Math.round((Date.now() - of) / 1000));
  const isOld = seconds > OLD_S;
  return (
    <Text span size="xs" c={isOld ? "var(--mantine-color-error)" : "dimmed"} fw={isOld ? 650 : 400} className="numbers">
      {isOld ? `old: as it was ${lastingInWords(seconds)} ago` : seconds < 2 ? "as of now" : `${seconds} s ago`}
    </Text>
  );
}
