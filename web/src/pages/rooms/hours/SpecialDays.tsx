import { Button, Table, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconPlus } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { api, http, type Site, type SpecialDay } from "@/api";
import { refreshAfter } from "@/live";
import { dayInWords, today } from "@/time";
import { Loaded, notify, Panel, TableHead } from "@/ui";
import { AddSpecialDay } from "./AddSpecialDay";
import { asSpans, spansInWords } from "./week";

/** Days to come with other hours than their weekday has. */
export function SpecialDays({ site }: { site: Site }) {
  const [adding, add] = useDisclosure(false);
  const queries = useQueryClient();
  const days = api.useQuery("get", "/api/rooms/sites/{site_id}/special-days", {
    params: { path: { site_id: site.id }, query: { from: today(site.time_zone) } },
  });
  const refresh = () => refreshAfter(queries, "rooms.site_changed.v1");
  const remove = api.useMutation("delete", "/api/rooms/sites/{site_id}/special-days/{day}", {
    onError: (error) => notify.problem(error),
    onSettled: refresh,
  });
  const removeOne = ({
    day,
    spans,
    reason,
  }: Pick<SpecialDay, "day" | "reason"> & { spans: readonly (readonly string[])[] }) => {
    const path = { site_id: site.id, day };
    const undo = async () => {
      try {
        await http.PUT("/api/rooms/sites/{site_id}/special-days/{day}", {
          params: { path },
          body: { spans: asSpans(spans), reason },
        });
      } catch (error) {
        notify.problem(error, "The special day was not restored");
      }
      await refresh();
    };
    remove.mutate(
      { params: { path } },
      {
        onSuccess: () => notify.done(`${dayInWords(day)} has its usual hours again.`, { onClick: () => void undo() }),
      },
    );
  };
  return (
    <Panel
      title="Special days"
      about="Holidays, and days with other hours."
      actions={
        <Button size="compact-md" onClick={add.open} leftSection={<IconPlus size={16} aria-hidden />}>
          Add a day
        </Button>
      }
    >
      <Loaded query={days}>
        {({ items }) =>
          items.length > 0 ? (
            <Table verticalSpacing={6} aria-label="Special days">
              <TableHead columns={["Day", "Hours", { name: "Remove", isHidden: true }]} />
              <Table.Tbody>
                {items.map((one) => (
                  <Table.Tr key={one.day}>
                    <Table.Td className="numbers">
                      {dayInWords(one.day)}
                      <Text size="xs" c="dimmed">
                        {one.reason}
                      </Text>
                    </Table.Td>
                    <Table.Td className="numbers">{spansInWords(one.spans)}</Table.Td>
                    <Table.Td>
                      <Button size="compact-sm" variant="default" onClick={() => removeOne(one)}>
                        Remove
                      </Button>
                    </Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          ) : (
            <Text size="sm" c="dimmed">
              No special days. Every day has the hours of its weekday.
            </Text>
          )
        }
      </Loaded>
      {adding && <AddSpecialDay site={site} onClose={add.close} />}
    </Panel>
  );
}
