import { List, Text } from "@mantine/core";
import type { ClaimFinding } from "@/api";
import { Tag } from "@/parts";

/** What speaks against a claim, and what would help. */
export function Findings({ findings }: { findings: readonly ClaimFinding[] }) {
  return (
    <List size="sm" spacing={4} listStyleType="none">
      {findings.map(({ code, severity, message, suggestion }) => (
        <List.Item key={`${code} ${message}`}>
          <Tag tone={severity === "error" ? "bad" : "attention"}>
            {severity === "error" ? "must be mended" : "look"}
          </Tag>{" "}
          {message}
          <Text span size="sm" fw={600}>
            {" "}
            {suggestion}
          </Text>
        </List.Item>
      ))}
    </List>
  );
}
