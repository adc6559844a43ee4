import { Alert, Anchor, Button, SimpleGrid, Table, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconPlus } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, asProblem } from "@/api";
import { TherapistSelect } from "@/features/people/PersonSelect";
import { ServiceCodeSelect } from "@/features/services/ServiceSelect";
import { useNetworkZone, useSites } from "@/features/site";
import { dayInWords, today } from "@/time";
import {
  DayField,
  FormDrawer,
  fieldErrors,
  ListSelect,
  Loaded,
  Money,
  NumberField,
  notify,
  Panel,
  useMissing,
} from "@/ui";
import { Lacking } from "./Document";

const VISITS_AT_MOST = 120;
const LONGEST_INTERVAL_DAYS = 92;
const FIELDS = ["therapist_id", "services"] as const;

/** What planned visits will cost a client who pays for themselves, as the estimate they were given has it. */
export function Estimates({ clientId }: { clientId: string }) {
  const [adding, add] = useDisclosure(false);
  const estimates = api.useQuery("get", "/api/billing/good-faith-estimates", {
    params: { query: { client_id: clientId } },
  });
  return (
    <Panel
      title="Good-faith estimates"
      about="Expected cost of planned visits for a self-pay client. An issued estimate does not change."
      actions={
        <Button variant="default" size="xs" onClick={add.open} leftSection={<IconPlus size={15} aria-hidden />}>
          New estimate
        </Button>
      }
    >
      <Loaded query={estimates}>
        {({ items }) =>
          items.length > 0 ? (
            <Table verticalSpacing={4} aria-label="Good-faith estimates">
              <Table.Tbody>
                {items.map((estimate) => (
                  <Table.Tr key={estimate.id}>
                    <Table.Td>
                      <Anchor
                        href={`/api/billing/good-faith-estimates/${estimate.id}.pdf`}
                        target="_blank"
                        rel="noopener"
                        inherit
                      >
                        {estimate.number}
                      </Anchor>
                      <Text size="xs" c="dimmed">
                        issued {dayInWords(estimate.issued_on)}, good until {dayInWords(estimate.valid_until)}
                      </Text>
                    </Table.Td>
                    <Table.Td>
                      {estimate.items.map(({ service_code, dates }) => `${dates.length} × ${service_code}`).join(", ")}
                    </Table.Td>
                    <Table.Td ta="right">
                      <Money amount={estimate.patient_amount} fw={600} />
                    </Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          ) : (
            <Text size="sm" c="dimmed">
              No estimate has been issued.
            </Text>
          )
        }
      </Loaded>
      {adding && <AddEstimate clientId={clientId} onClose={add.close} />}
    </Panel>
  );
}

export function AddEstimate({ clientId, onClose }: { clientId: string; onClose: () => void }) {
  const { site, sites } = useSites();
  const zone = useNetworkZone();
  const [siteId, setSiteId] = useState<string | null>(site?.id ?? null);
  const [code, setCode] = useState<string | null>(null);
  const [therapist, setTherapist] = useState<string | null>(null);
  const [first, setFirst] = useState(today(zone));
  const [count, setCount] = useState(10);
  const [everyDays, setEveryDays] = useState(7);
  const queries = useQueryClient();
  const add = api.useMutation("post", "/api/billing/good-faith-estimates", {
    onSuccess: ({ number }) => {
      void queries.invalidateQueries({ queryKey: ["get", "/api/billing/good-faith-estimates"] });
      notify.done(`Estimate ${number} is issued. Its PDF is in the list.`);
      onClose();
    },
  });
  const body = {
    client_id: clientId,
    therapist_id: therapist ?? "",
    ...(siteId ? { site_id: siteId } : {}),
    services: [{ service_code: code ?? "", units: 1, recurrence: { first_date: first, count, every_days: everyDays } }],
  };
  const lacking = add.error ? asProblem(add.error).errors.filter(({ code: why }) => why === "not-written-down") : [];
  const { errors, send } = useMissing(
    fieldErrors(lacking.length > 0 ? null : add.error, FIELDS),
    { services: code === null && "Choose a service.", therapist_id: therapist === null && "Choose a therapist." },
    () => add.mutate({ body }),
  );
  return (
    <FormDrawer
      title="New good-faith estimate"
      onClose={onClose}
      submitLabel="Issue"
      onSubmit={send}
      busy={add.isPending}
      dirty={code !== null || therapist !== null}
      errors={errors}
    >
      <ListSelect
        label="Site"
        data={sites.map(({ id, site_name }) => ({ value: id, label: site_name }))}
        value={siteId}
        onChange={(chosen) => {
          setSiteId(chosen);
          setTherapist(null);
        }}
        required
      />
      <ServiceCodeSelect
        label="Service"
        value={code}
        onChange={setCode}
        error={errors.at("services")}
        allowDeselect={false}
        required
        data-autofocus
      />
      <TherapistSelect
        label="Therapist"
        siteId={siteId ?? ""}
        value={therapist}
        onChange={setTherapist}
        error={errors.at("therapist_id")}
        required
      />
      <SimpleGrid cols={{ base: 1, xs: 3 }}>
        <DayField label="First visit" value={first} onChange={(day) => day && setFirst(day)} required />
        <NumberField
          label="Visits"
          value={count}
          onChange={(visits) => visits && setCount(visits)}
          most={VISITS_AT_MOST}
        />
        <NumberField
          label="Days between visits"
          value={everyDays}
          onChange={(days) => days && setEveryDays(days)}
          most={LONGEST_INTERVAL_DAYS}
        />
      </SimpleGrid>
      {lacking.length > 0 && (
        <Alert role="alert" color="red" title="The estimate cannot be issued yet">
          <Lacking
            errors={lacking}
            about={{ clientId, ...(siteId ? { siteId } : {}), ...(therapist ? { therapistId: therapist } : {}) }}
            onLeave={onClose}
          />
        </Alert>
      )}
    </FormDrawer>
  );
}
