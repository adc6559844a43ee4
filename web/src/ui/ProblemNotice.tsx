import { Alert, Button, Group, List, Text } from "@mantine/core";
import { IconAlertTriangle, IconRefresh } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { asProblem } from "@/api";
import { fieldInWords, isOfASheet } from "./text";

interface ProblemNoticeProps {
  readonly error: unknown;
  readonly onRetry?: () => void;
  /** What was wanted, in front of the service's own title. */
  readonly title?: string;
  /** Turns a message for programs into one for staff. */
  readonly words?: (text: string) => string;
  /** What leads on from there, below the words. */
  readonly children?: ReactNode;
}

/** What could not be done, why, and what would work, in the words of the service. */
export function ProblemNotice({ error, onRetry, title, words = asItIs, children }: ProblemNoticeProps) {
  const problem = asProblem(error);
  // The detail of a request with wrong fields names them as programs do; their own messages are more exact.
  const several = problem.errors.length > 1 || problem.errors.some(({ fix }) => fix);
  const wrongFields = problem.code === "invalid-request" && problem.errors.length > 0;
  const wrongCells = problem.errors.some(({ field }) => isOfASheet(field));
  return (
    <Alert
      role="alert"
      color={problem.passes ? "yellow" : "red"}
      icon={<IconAlertTriangle aria-hidden />}
      title={title ? (wrongCells ? title : `${title}: ${problem.title.toLowerCase()}`) : problem.title}
      styles={{ title: { color: "var(--mantine-color-text)" }, message: { color: "var(--mantine-color-text)" } }}
    >
      {wrongCells && <Text size="sm">{problem.detail}</Text>}
      {several || wrongFields || wrongCells ? (
        <List size="sm" spacing={4}>
          {problem.errors.map(({ field, code, message, fix }) => (
            <List.Item key={`${field} ${code} ${message}`}>
              {(wrongFields || isOfASheet(field)) && `${fieldInWords(field)}: `}
              {words(withoutFix(message, fix))}
              {fix && (
                <Text span size="sm" fw={600}>
                  {" "}
                  {words(fix)}
                </Text>
              )}
            </List.Item>
          ))}
        </List>
      ) : (
        <Text size="sm">{words(problem.detail)}</Text>
      )}
      {children}
      {onRetry && (
        <Group mt="sm">
          <Button size="xs" variant="default" leftSection={<IconRefresh size={16} aria-hidden />} onClick={onRetry}>
            Try again
          </Button>
        </Group>
      )}
    </Alert>
  );
}

function asItIs(text: string): string {
  return text;
}

/** Some messages end with their own fix; it is shown once. */
export function withoutFix(message: string, fix: string | null | undefined): string {
  return fix && message.endsWith(fix) ? message.slice(0, -fix.length).trim() : message;
}
