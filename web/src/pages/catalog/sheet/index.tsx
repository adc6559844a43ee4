// The catalog from a sheet: chosen, looked at line by line, and imported as a whole or not at all.
import { Anchor, Button, Group, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "react-router";
import { http, type Imported, newKey, type Problem, type SheetCheck } from "@/api";
import { refreshAfter } from "@/live";
import { notify, Page, Panel, ProblemNotice, Skeletons, useAt } from "@/ui";
import { BadLines, badLines } from "./BadLines";
import { Choose, type Sheet } from "./Choose";
import { Foreseen } from "./Foreseen";
import { countsInWords, services } from "./labels";

async function checked(sheet: Sheet): Promise<SheetCheck | null> {
  const { data } = await http.POST("/api/catalog/services/import/check", { body: sheet.text, ...asCsv(sheet) });
  return data ?? null;
}

/** Sent byte by byte, so that a sheet in another encoding is refused and not guessed at. */
function asCsv({ bytes }: Sheet) {
  return { bodySerializer: () => bytes, headers: { "Content-Type": "text/csv" } };
}

export function Component() {
  const [sheet, setSheet] = useState<Sheet | null>(null);
  const queries = useQueryClient();
  const at = useAt();
  const bring = useMutation<Imported | undefined, Problem, Sheet>({
    mutationFn: async (chosen) => {
      return (await http.POST("/api/catalog/services/import", { body: chosen.text, ...asCsv(chosen) })).data;
    },
    onSuccess: (done) => {
      if (done) {
        notify.done(`The sheet is imported: ${countsInWords(done)}.`);
      }
    },
    onSettled: () => void refreshAfter(queries, "catalog.service_changed.v1"),
  });

  // A query, so that what it shows stays true when somebody else changes the catalog meanwhile.
  const check = useQuery<SheetCheck | null, Problem>({
    queryKey: ["post", "/api/catalog/services/import/check", sheet?.key],
    queryFn: async () => sheet && (await checked(sheet)),
    enabled: sheet !== null && !bring.data,
  });

  function choose(chosen: Sheet): void {
    bring.reset();
    setSheet(chosen);
  }

  const refused = bring.error ?? check.error;
  const wrong = refused ? badLines(refused) : [];
  return (
    <Page
      title="Import services"
      about={
        <Anchor component={Link} to={at("/catalog")} inherit underline="always">
          Back to the catalog
        </Anchor>
      }
    >
      <Choose chosen={sheet?.name} onChoose={choose} />
      {sheet && (
        <Panel
          title={bring.data ? "Imported" : wrong.length > 0 ? "Not imported" : "Preview of the import"}
          about={sheet.name}
        >
          <div aria-live="polite">
            {check.isFetching && !check.data && !refused && <Skeletons />}
            {bring.data && (
              <Text>
                {countsInWords(bring.data)}.{" "}
                <Anchor component={Link} to={at("/catalog?status=all")} underline="always">
                  Open the catalog
                </Anchor>
              </Text>
            )}
            {wrong.length > 0 && <BadLines errors={wrong} text={sheet.text} />}
          </div>
          {refused && wrong.length === 0 && (
            <ProblemNotice error={refused} onRetry={() => choose({ ...sheet, key: newKey() })} />
          )}
          {check.data && !bring.data && !refused && (
            <>
              <Foreseen check={check.data} />
              <Group justify="flex-end">
                <Button
                  onClick={() => bring.mutate(sheet)}
                  loading={bring.isPending}
                  disabled={check.data.lines.length === 0}
                >
                  {check.data.lines.length === 0 ? "Nothing to import" : `Import ${services(check.data.lines.length)}`}
                </Button>
              </Group>
            </>
          )}
        </Panel>
      )}
    </Page>
  );
}
