import { Alert, Button, Checkbox, Group, List, Stack, Text, TextInput } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "@/api";
import type { components } from "@/api/billing";
import { useOnceKey } from "@/api/once";
import { refreshAfter } from "@/live";
import { inDollars } from "@/money";
import { ProblemNotice, tell } from "@/parts";

type Remittance = components["schemas"]["RemittanceView"];

/** Why nothing of it is posted, and how to post the rest when somebody has decided. */
export function Parked({ remittance }: { remittance: Remittance }) {
  const [out, setOut] = useState<readonly string[]>([]);
  const [matched, match] = useState<Readonly<Record<string, string>>>({});
  const queries = useQueryClient();
  const once = useOnceKey();
  const post = api.useMutation("post", "/api/billing/remittances/{remittance_id}/post", {
    onSuccess: () => {
      void refreshAfter(queries, "billing.payment_status_changed.v1");
      tell.done("The remittance is posted.");
    },
  });
  return (
    <Alert
      color="yellow"
      icon={<IconAlertTriangle aria-hidden />}
      title="Nothing of this file is posted"
      styles={{ title: { color: "var(--mantine-color-text)" }, message: { color: "var(--mantine-color-text)" } }}
    >
      <Stack gap="sm">
        <List size="sm" spacing={4}>
          {remittance.problems.map(({ code, place, message, fix }) => (
            <List.Item key={`${place} ${code} ${message}`}>
              {message}{" "}
              <Text span size="sm" fw={600}>
                {fix}
              </Text>
            </List.Item>
          ))}
        </List>
        {remittance.claims.length > 0 && (
          <Checkbox.Group
            label="Leave out"
            description="Nothing of these claims is posted here; the others are."
            value={[...out]}
            onChange={setOut}
          >
            <Group gap="md" mt={6}>
              {remittance.claims.map(({ control_number, position }) => (
                <Checkbox key={position} value={control_number} label={`Claim ${control_number}`} />
              ))}
            </Group>
          </Checkbox.Group>
        )}
        {remittance.claims
          .filter(({ record_id, control_number }) => record_id === null && !out.includes(control_number))
          .map(({ control_number, charge, position }) => (
            <TextInput
              key={position}
              label={`Record that claim ${control_number} answers`}
              description={`It was asked for ${inDollars(charge)}. The record's number is the last part of its page's address.`}
              value={matched[control_number] ?? ""}
              onChange={(event) => match({ ...matched, [control_number]: event.currentTarget.value })}
              autoComplete="off"
              maw={420}
            />
          ))}
        {post.error ? <ProblemNotice error={post.error} title="Still parked" /> : null}
        <Group>
          <Button
            size="xs"
            loading={post.isPending}
            onClick={() => {
              const body = { leave_out: [...out], match: answeredBy(matched, out) };
              post.mutate({
                params: { path: { remittance_id: remittance.id }, header: once(body) },
                body,
              });
            }}
          >
            Try to post it
          </Button>
        </Group>
      </Stack>
    </Alert>
  );
}

/** The records that somebody named; a whole address is as good as its last part. */
function answeredBy(matched: Readonly<Record<string, string>>, out: readonly string[]): Record<string, string> {
  const named = Object.entries(matched).map(
    ([claim, text]) =>
      [
        claim,
        text
          .trim()
          .replace(/[?#].*$/, "")
          .split("/")
          .at(-1) ?? "",
      ] as const,
  );
  return Object.fromEntries(named.filter(([claim, record]) => record !== "" && !out.includes(claim)));
}
