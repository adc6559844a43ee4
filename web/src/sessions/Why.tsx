import { List, Text } from "@mantine/core";
import { withoutFix } from "@/parts/ProblemNotice";

interface Reason {
  readonly code: string;
  readonly message: string;
  readonly fix?: string | null;
}

/** Everything that stands in the way, each with what would work. */
export function Why({ reasons }: { reasons: readonly Reason[] }) {
  return (
    <List size="sm" spacing={6} listStyleType="disc">
      {reasons.map(({ code, message, fix }) => (
        <List.Item key={`${code} ${message}`}>
          {withoutFix(message, fix)}{" "}
          {fix && (
            <Text span inherit fw={650}>
              {fix}
            </Text>
          )}
        </List.Item>
      ))}
    </List>
  );
}
