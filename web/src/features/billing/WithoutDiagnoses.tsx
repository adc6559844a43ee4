import { Alert, Anchor, Button, List, Stack, Text } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link } from "react-router";
import { api, http } from "@/api";
import { refreshAfter } from "@/live";
import { dayInWords } from "@/time";
import { notify, ProblemNotice, useAt } from "@/ui";

/** Sessions that cannot be claimed because the client had no diagnosis yet, and one button that gives them the client's. */
export function WithoutDiagnoses({ clientId }: { clientId: string }) {
  const queries = useQueryClient();
  const at = useAt();
  const totals = api.useQuery("get", "/api/billing/records/totals", {
    params: { query: { client_id: clientId, lacks_diagnoses: true } },
  });
  const use = useMutation({
    mutationFn: async () =>
      (
        await http.POST("/api/billing/clients/{client_id}/record-diagnoses", {
          params: { path: { client_id: clientId } },
        })
      ).data,
    onSuccess: async (used) => {
      await refreshAfter(queries, "billing.record_created.v1");
      const count = used?.record_ids.length ?? 0;
      notify.done(`${inWords(count)} now ${count === 1 ? "has" : "have"} the client's diagnoses.`);
    },
  });
  const count = totals.data?.count ?? 0;
  const left = use.data?.not_completed ?? [];
  if (count === 0) {
    return null;
  }
  return (
    <Alert
      color="yellow"
      title={`${inWords(count)} without a diagnosis`}
      styles={{ title: { color: "var(--mantine-color-text)" }, message: { color: "var(--mantine-color-text)" } }}
    >
      <Stack gap="sm" align="flex-start">
        <Text size="sm">
          The client had no diagnosis when {count === 1 ? "it was" : "they were"} completed, so no insurer pays for{" "}
          {count === 1 ? "it" : "them"}.
        </Text>
        {left.length > 0 && (
          <List size="sm" spacing={4}>
            {left.map(({ record_id, service_date, message, fix }) => (
              <List.Item key={record_id}>
                <Anchor
                  component={Link}
                  to={at(`/billing/records/${record_id}?edit=diagnoses`)}
                  inherit
                  underline="always"
                >
                  {dayInWords(service_date)}
                </Anchor>
                : {message} {fix}
              </List.Item>
            ))}
          </List>
        )}
        {use.error ? <ProblemNotice error={use.error} /> : null}
        <Button variant="default" size="xs" onClick={() => use.mutate()} loading={use.isPending}>
          Use for unclaimed records
        </Button>
      </Stack>
    </Alert>
  );
}

function inWords(count: number): string {
  return count === 1 ? "One session" : `${count} sessions`;
}
