import { Button, Table, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { api, type Therapist, type WorkingHours } from "@/api";
import { useSites } from "@/features/site";
import { inOrderOfWeek } from "@/time";
import { Loaded, Panel } from "@/ui";
import { sitesInWords } from "../sites";
import { EditHours } from "./EditHours";
import { DAY_NAMES, DAYS, spansInWords } from "./spans";

/** When a therapist works, on the clock of each site. */
export function Hours({ therapist }: { therapist: Therapist }) {
  const [editing, edit] = useDisclosure(false);
  const hours = api.useQuery("get", "/api/scheduling/therapists/{therapist_id}/working-hours", {
    params: { path: { therapist_id: therapist.id } },
  });
  return (
    <Panel
      title="Working hours"
      actions={
        hours.data && (
          <Button size="xs" variant="default" onClick={edit.open}>
            Change
          </Button>
        )
      }
    >
      <Loaded query={hours}>{(found) => <Weeks hours={found} />}</Loaded>
      {editing && hours.data && <EditHours therapist={therapist} hours={hours.data} onClose={edit.close} />}
    </Panel>
  );
}

function Weeks({ hours: { hours, breaks } }: { hours: WorkingHours }) {
  const { allSites } = useSites();
  const named = Object.keys(hours);
  const hasBreaks = DAYS.some((day) => breaks[day]?.length);
  return (
    <>
      {named.map((siteId) => (
        <Week key={siteId} name={sitesInWords([siteId], allSites)} week={hours[siteId] ?? {}} off="free" />
      ))}
      <Text size="sm" c="dimmed">
        {named.length === 0
          ? "No hours set: available whenever a site is open."
          : "At other sites: available whenever open."}
      </Text>
      {hasBreaks && <Week name="Breaks, at every site" week={breaks} off="none" />}
    </>
  );
}

interface WeekProps {
  readonly name: string;
  readonly week: Readonly<Record<string, string[][]>>;
  readonly off: string;
}

function Week({ name, week, off }: WeekProps) {
  return (
    <Table verticalSpacing={3} withRowBorders={false} aria-label={name} captionSide="top">
      <Table.Caption ta="left" m={0} fw={600}>
        {name}
      </Table.Caption>
      <Table.Tbody>
        {inOrderOfWeek(DAYS).map((day) => (
          <Table.Tr key={day}>
            <Table.Th fw={400} w="40%">
              {DAY_NAMES[day]}
            </Table.Th>
            <Table.Td className="numbers">{spansInWords(week[day]) || off}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
