import { Anchor, List, Text } from "@mantine/core";
import { Link } from "react-router";
import { inLocalWords, type Sentence } from "@/api";
import { useAt } from "@/ui";
import { withoutFix } from "@/ui/ProblemNotice";

interface Reason extends Sentence {
  readonly code: string;
  /** The sessions that are in the way. */
  readonly session_ids?: readonly string[];
}

interface WhyProps {
  readonly reasons: readonly Reason[];
  /** Whether staff overrides them, so that nothing else has to work. */
  readonly isOverridden?: boolean;
}

/** Everything that stands in the way, each with what would work. */
export function Why({ reasons, isOverridden = false }: WhyProps) {
  const at = useAt();
  return (
    <List size="sm" spacing={6} listStyleType="disc">
      {reasons
        .map((reason) => inLocalWords(reason))
        .map(({ code, message, fix, session_ids = [] }) => (
          <List.Item key={`${code} ${message}`}>
            {withoutFix(message, fix)}{" "}
            {fix && !isOverridden && (
              <Text span inherit fw={650}>
                {fix}
              </Text>
            )}
            {session_ids.map((id, index) => (
              <span key={id}>
                {" "}
                <Anchor component={Link} to={at(`/sessions/${id}`)} size="sm" underline="always">
                  Open that session{session_ids.length > 1 && ` (${index + 1})`}
                </Anchor>
              </span>
            ))}
          </List.Item>
        ))}
    </List>
  );
}
