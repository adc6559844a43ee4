import { Button, Group } from "@mantine/core";
import { IconFileText } from "@tabler/icons-react";
import { useState } from "react";
import { useNetworkZone } from "@/features/site";
import { today } from "@/time";
import { DayField, Panel } from "@/ui";
import { useDocument } from "./Document";

/** A client's account from an opening to a closing balance, as a paper. */
export function Statement({ clientId }: { clientId: string }) {
  const zone = useNetworkZone();
  const now = today(zone);
  const [typedFrom, setFrom] = useState<string | null>(null);
  const [typedTo, setTo] = useState<string | null>(null);
  const from = typedFrom ?? `${now.slice(0, 4)}-01-01`;
  const to = typedTo ?? now;
  const documents = useDocument({ clientId });
  return (
    <Panel title="Statement" about="Every posting of a period and the balance at its end.">
      <Group align="flex-end" gap="sm">
        <DayField label="Statement from" value={from} onChange={setFrom} near="past" w={170} />
        <DayField label="to" value={to} onChange={setTo} near="past" w={170} />
        <Button
          component="a"
          {...documents.link({
            href: `/api/billing/clients/${clientId}/statement.pdf?${new URLSearchParams({ from, to })}`,
          })}
          loading={documents.isBusy}
          variant="default"
          leftSection={<IconFileText size={17} aria-hidden />}
        >
          Statement
        </Button>
      </Group>
      {documents.notice}
    </Panel>
  );
}
