import { Button, FileButton, Group, Stack, Text } from "@mantine/core";
import { IconTableImport } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { http } from "@/api";
import type { components } from "@/api/billing";
import type { Day } from "@/time";
import { DayField, notify, Panel, ProblemNotice } from "@/ui";
import { refreshCodes } from "./refresh";

type Counted = components["schemas"]["CodesImported"];

interface Sheet {
  readonly name: string;
  readonly bytes: Blob;
}

/** Takes a sheet of codes, shows what it would do, and imports it as a whole or not at all. */
export function ImportCodes() {
  const [sheet, setSheet] = useState<Sheet | null>(null);
  const [completeFrom, setCompleteFrom] = useState<Day | null>(null);
  const forget = useRef<() => void>(null);
  const queries = useQueryClient();
  const check = useMutation({ mutationFn: (chosen: Sheet) => send("/check", chosen, completeFrom) });
  const bring = useMutation({
    mutationFn: (chosen: Sheet) => send("", chosen, completeFrom),
    onSuccess: async (done) => {
      await refreshCodes(queries);
      notify.done(`The codes are imported: ${inWords(done)}.`);
      setSheet(null);
      check.reset();
    },
  });

  function look(chosen: Sheet): void {
    bring.reset();
    setSheet(chosen);
    check.mutate(chosen);
  }

  async function take(file: File | null): Promise<void> {
    if (file) {
      // Read at once: the file itself may change while it is looked at here.
      look({ name: file.name, bytes: new Blob([await file.arrayBuffer()]) });
      forget.current?.();
    }
  }

  const error = bring.error ?? check.error;
  return (
    <Panel title="Import codes" about="CSV with the columns code, description, valid_from and valid_until.">
      <Stack gap="sm">
        <DayField
          near="nearest"
          clearable
          placeholder="Not a whole edition"
          label="Whole edition from"
          description="Only for a sheet with all codes of an edition: codes that it lacks end the day before. Leave it empty to add and change single codes."
          value={completeFrom}
          onChange={(day) => {
            setCompleteFrom(day);
            setSheet(null);
            check.reset();
          }}
          maw={420}
        />
        <Group gap="sm">
          <FileButton
            onChange={(file) => void take(file)}
            accept=".csv,text/csv"
            resetRef={forget}
            inputProps={{ "aria-label": "Sheet of diagnosis codes" }}
          >
            {(props) => (
              <Button
                {...props}
                variant="default"
                loading={check.isPending}
                leftSection={<IconTableImport size={17} aria-hidden />}
              >
                {sheet ? "Choose the sheet again" : "Choose a sheet"}
              </Button>
            )}
          </FileButton>
          {sheet && check.data && (
            <Button onClick={() => bring.mutate(sheet)} loading={bring.isPending}>
              Import {sheet.name}
            </Button>
          )}
        </Group>
        <div aria-live="polite">
          {sheet && check.data && <Text size="sm">Importing this sheet: {inWords(check.data)}.</Text>}
        </div>
        {error ? <ProblemNotice error={error} title="Nothing was imported" /> : null}
      </Stack>
    </Panel>
  );
}

async function send(step: "" | "/check", { bytes }: Sheet, completeFrom: Day | null): Promise<Counted | undefined> {
  const sent = {
    params: { query: completeFrom ? { complete_from: completeFrom } : {} },
    body: "" as never,
    // Sent byte by byte, so that a sheet in another encoding is refused and not guessed at.
    bodySerializer: () => bytes,
    headers: { "Content-Type": "text/csv" },
  };
  return step === "/check"
    ? (await http.POST("/api/billing/diagnosis-codes/import/check", sent)).data
    : (await http.POST("/api/billing/diagnosis-codes/import", sent)).data;
}

function inWords(counted: Counted | undefined): string {
  const { added = 0, changed = 0, unchanged = 0, ended = 0 } = counted ?? {};
  return `${added} added, ${changed} changed, ${ended} ended, ${unchanged} unchanged`;
}
