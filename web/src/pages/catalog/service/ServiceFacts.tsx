import { Anchor, Group } from "@mantine/core";
import { Link } from "react-router";
import type { Service } from "@/api";
import { useByCodes } from "@/features/services/ServiceSelect";
import { useSites } from "@/features/site";
import { dayInWords, dayOf, timeInWords } from "@/time";
import { Facts, Panel, useAt } from "@/ui";
import { bandInWords, CLAIMABLE, KINDS, TYPES, takes } from "../labels";

/** What a service is, and what that means for billing it. */
export function ServiceFacts({ service }: { service: Service }) {
  const zone = useSites().site?.time_zone ?? "UTC";
  const [kind, about] = KINDS[service.kind ?? "base"];
  const [payer, pays] = CLAIMABLE[service.claimable];
  return (
    <Panel title="Facts">
      <Facts
        facts={[
          ["Code", service.service_code],
          ["Type", TYPES[service.service_type]],
          ["Kind", `${kind}: ${lowered(about)}`],
          ["Duration", takes(service.standard_duration)],
          ["Minutes for this code", bandInWords(service.min_minutes, service.max_minutes)],
          ["Claimable", `${payer}: ${lowered(pays)}`],
          ["Components", (service.components ?? []).length > 0 && <Codes codes={service.components ?? []} />],
          [
            "Only with",
            service.kind === "add_on" &&
              ((service.requires_primary ?? []).length > 0 ? (
                <Codes codes={service.requires_primary ?? []} />
              ) : (
                "any service"
              )),
          ],
          [
            "Not on the same day as",
            (service.excludes_same_day ?? []).length > 0 && <Codes codes={service.excludes_same_day ?? []} />,
          ],
          ["Most per day", service.max_units_per_day && `${service.max_units_per_day} for one client`],
          [
            "Billed",
            service.billed_per === "session"
              ? "once a session, to the client it is booked for"
              : "to each client who attended",
          ],
          ["Clients", (service.min_clients ?? 1) > 1 && `at least ${service.min_clients} in one session`],
          ["Category", service.billing_category],
          ["Description", service.description],
          [
            "Last changed",
            `${dayInWords(dayOf(service.updated_at, zone), { year: true })}, ${timeInWords(service.updated_at, zone)}, version ${service.version}`,
          ],
        ]}
      />
    </Panel>
  );
}

function Codes({ codes }: { codes: readonly string[] }) {
  const services = useByCodes(codes);
  const at = useAt();
  return (
    <Group gap={8}>
      {codes.map((code) => {
        const service = services.find(({ service_code }) => service_code === code);
        return service ? (
          <Anchor
            key={code}
            component={Link}
            to={at(`/catalog/${service.id}`)}
            inherit
            title={service.service_name}
            underline="always"
          >
            {code}
          </Anchor>
        ) : (
          <span key={code}>{code}</span>
        );
      })}
    </Group>
  );
}

function lowered(words: string): string {
  return words.charAt(0).toLowerCase() + words.slice(1);
}
