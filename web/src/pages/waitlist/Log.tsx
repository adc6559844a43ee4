// Every decision about somebody who waits, and why.
import { Modal, Table, Text } from "@mantine/core";
import { api, inLocalWords } from "@/api";
import { momentInWords } from "@/time";
import { Loaded, useFocusBack } from "@/ui";
import type { Entry } from "./text";

export function Log({ entry, zone, onClose }: { entry: Entry; zone: string; onClose: () => void }) {
  useFocusBack();
  const one = api.useQuery("get", "/api/scheduling/waitlist/{entry_id}", {
    params: { path: { entry_id: entry.id } },
  });
  return (
    <Modal opened onClose={onClose} title={`Log of ${entry.client_name}`} size="lg">
      <Loaded query={one}>
        {({ log = [] }) => (
          <Table verticalSpacing={6} aria-label="Decisions">
            <Table.Tbody>
              {log.map(({ at, event, detail, times }) => (
                <Table.Tr key={`${at} ${event} ${detail}`}>
                  <Table.Td className="numbers">{momentInWords(at, zone)}</Table.Td>
                  <Table.Td>
                    <Text size="sm" fw={600}>
                      {event.replaceAll("_", " ")}
                    </Text>
                    <Text size="sm">{inLocalWords({ message: detail, times: times ?? null }).message}</Text>
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        )}
      </Loaded>
    </Modal>
  );
}
