import { Alert, Button, Paper, Text } from "@mantine/core";
import { IconCircleCheck, IconTool } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { api, type Report } from "@/api";
import { notify, ProblemNotice } from "@/ui";
import { numberInWords } from "@/ui/text";
import { Rows } from "./Rows";

/** Whether every completed session has its record and the ledger agrees with itself; and what mends it where not. */
export function Reconciliation({ report }: { report: Report }) {
  const queries = useQueryClient();
  const repair = api.useMutation("post", "/api/billing/reports/reconciliation/repair", {
    onSuccess: () => {
      notify.done("Comparing sessions and records; missing records are created.");
      void queries.invalidateQueries({ queryKey: ["get", "/api/billing/reports/reconciliation"] });
    },
  });
  const differences = report.rows.reduce((found, row) => found + Number(row.found ?? 0), 0);
  return (
    <>
      <Alert
        role="status"
        color={differences === 0 ? "green" : "red"}
        icon={<IconCircleCheck aria-hidden />}
        title={differences === 0 ? "No differences" : `${numberInWords(differences)} differences`}
        styles={{ title: { color: "var(--mantine-color-text)" }, message: { color: "var(--mantine-color-text)" } }}
      >
        <Text size="sm" mb="sm">
          {differences === 0
            ? "Every completed session has its records, and the ledger matches every balance."
            : "Compare again to create missing records. Remaining differences need to be checked."}
        </Text>
        <Button
          size="xs"
          variant="default"
          leftSection={<IconTool size={16} aria-hidden />}
          onClick={() => repair.mutate({})}
          loading={repair.isPending}
        >
          Compare and repair
        </Button>
      </Alert>
      {repair.error ? <ProblemNotice error={repair.error} /> : null}
      <Paper withBorder>
        <Rows report={report} />
      </Paper>
    </>
  );
}
