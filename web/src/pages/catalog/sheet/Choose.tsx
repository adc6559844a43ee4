import { Anchor, Button, FileButton, Group, Stack, Text } from "@mantine/core";
import { IconTableImport } from "@tabler/icons-react";
import { useRef, useState } from "react";
import { newKey } from "@/api";
import { notify } from "@/ui";
import classes from "./Choose.module.css";

const CSV = ".csv,text/csv";
const LARGEST_BYTES = 2 * 1024 * 1024;
const NEEDED = ["service_code", "service_name", "service_type", "standard_duration", "base_rate"] as const;

export interface Sheet {
  readonly name: string;
  /** Sent twice because an answer was lost, it is imported once; chosen again, it is another import. */
  readonly key: string;
  /** As the file had it. */
  readonly bytes: Blob;
  /** As people read it. */
  readonly text: string;
}

interface ChooseProps {
  readonly chosen: string | undefined;
  readonly onChoose: (sheet: Sheet) => void;
}

/** Takes a sheet by a button or dropped here, and shows what one looks like. */
export function Choose({ chosen, onChoose }: ChooseProps) {
  const [over, setOver] = useState(false);
  const forget = useRef<() => void>(null);

  async function take(file: File | null | undefined): Promise<void> {
    if (!file) {
      return;
    }
    if (file.size > LARGEST_BYTES) {
      notify.problem(
        new Error(`${file.name} is larger than a sheet may be, 2 MiB. Split it and import the parts.`),
        "Too large",
      );
      return;
    }
    // Read at once: the file itself may change while it is looked at here.
    const bytes = new Blob([await file.arrayBuffer()]);
    onChoose({ name: file.name, key: newKey(), bytes, text: await bytes.text() });
    // So that the same file, mended, can be chosen again.
    forget.current?.();
  }

  return (
    <section
      aria-label="The sheet"
      className={classes.place}
      data-over={over}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        void take(event.dataTransfer.files[0]);
      }}
    >
      <Stack gap="xs">
        <Group gap="sm">
          <FileButton
            onChange={(file) => void take(file)}
            accept={CSV}
            resetRef={forget}
            inputProps={{ "aria-label": "Sheet" }}
          >
            {(props) => (
              <Button {...props} leftSection={<IconTableImport size={17} aria-hidden />}>
                {chosen ? "Choose the sheet again" : "Choose a sheet"}
              </Button>
            )}
          </FileButton>
          <Text size="sm" c="dimmed">
            or drop a CSV file here. Changes are shown before they are imported.
          </Text>
        </Group>
        <Text size="sm" component="div" className={classes.columns ?? ""}>
          To start, export{" "}
          <Anchor href="/api/catalog/services/export.csv" download inherit underline="always">
            the catalog as a sheet
          </Anchor>
          : change it, add lines, and bring it back. The first line names the columns, in any order; {NEEDED.length} are
          needed:{" "}
          {NEEDED.map((column, index) => (
            <span key={column}>
              {index > 0 && ", "}
              <code>{column}</code>
            </span>
          ))}
          . A new price needs <code>effective_from</code>, today or later. Codes in a cell are separated by spaces.
        </Text>
      </Stack>
    </section>
  );
}
