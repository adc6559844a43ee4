// A refused change that somebody has seen and put aside; it is not shown again while the session stays as it is.
import { useSessionStorage } from "@mantine/hooks";

/** The version of the session at which the refusal was put aside. */
export function useDismissed(sessionId: string): readonly [version: number, dismiss: (version: number) => void] {
  const [version, dismiss] = useSessionStorage({
    key: `holdfast-dismissed ${sessionId}`,
    defaultValue: 0,
    getInitialValueInEffect: false,
  });
  return [version, dismiss];
}
