// The catalog: what the network offers, found by code or name.
import { Anchor, Button, Group, Paper, SegmentedControl, Select, Table, Text } from "@mantine/core";
import { useDebouncedValue, useDisclosure } from "@mantine/hooks";
import { IconDownload, IconPlus, IconSearch, IconTableImport } from "@tabler/icons-react";
import { keepPreviousData } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { Link, useNavigate } from "react-router";
import { api, type Service } from "@/api";
import { Empty, Loaded, Money, Page, SearchField, TableHead, Tag, useAddress, useAt } from "@/ui";
import { AddService } from "./AddService";
import classes from "./Catalog.module.css";
import { KINDS, optionsOf, type ServiceType, TYPES, takes } from "./labels";
import { SERVICES_AT_MOST } from "./useCatalog";

const TYPING_MS = 150;
const OFFERED = { offered: true, former: false } as const;

export function Component() {
  const [adding, add] = useDisclosure(false);
  const [query, change] = useAddress();
  const [words, setWords] = useState(query.get("q") ?? "");
  const [settled] = useDebouncedValue(words.trim(), TYPING_MS);
  const type = optionsOf(TYPES).find(({ value }) => value === query.get("type"))?.value ?? null;
  const status = query.get("status") ?? "offered";
  const at = useAt();

  // biome-ignore lint/correctness/useExhaustiveDependencies: the address follows the words, nothing else
  useEffect(() => {
    if (settled !== (query.get("q") ?? "")) {
      change({ q: settled });
    }
  }, [settled]);

  const services = api.useQuery(
    "get",
    "/api/catalog/services",
    {
      params: {
        query: {
          limit: SERVICES_AT_MOST,
          ...(settled ? { q: settled } : {}),
          ...(type ? { service_type: type } : {}),
          ...(status in OFFERED ? { is_active: OFFERED[status as keyof typeof OFFERED] } : {}),
        },
      },
    },
    { placeholderData: keepPreviousData },
  );
  const isNarrowed = settled !== "" || type !== null || status !== "offered";
  const showAll = () => {
    setWords("");
    change({ q: null, type: null, status: null });
  };

  return (
    <Page
      title="Catalog"
      about="Services, billing codes and rates."
      actions={
        <>
          <Button
            component="a"
            href="/api/catalog/services/export.csv"
            download
            variant="default"
            leftSection={<IconDownload size={17} aria-hidden />}
          >
            Export
          </Button>
          <Button
            component={Link}
            to={at("/catalog/import")}
            variant="default"
            leftSection={<IconTableImport size={17} aria-hidden />}
          >
            Import
          </Button>
          <Button onClick={add.open} leftSection={<IconPlus size={17} aria-hidden />}>
            Add a service
          </Button>
        </>
      }
    >
      <Group gap="sm" role="search" aria-label="Services">
        <SearchField
          aria-label="Code or name"
          placeholder="Code or name"
          value={words}
          onChange={setWords}
          flex="1 1 220px"
        />
        <Select
          aria-label="Type"
          placeholder="Every type"
          data={optionsOf(TYPES)}
          value={type}
          onChange={(value: ServiceType | null) => change({ type: value })}
          clearable
          w={170}
        />
        <SegmentedControl
          aria-label="Status"
          data={[
            { value: "offered", label: "Offered" },
            { value: "former", label: "Not offered" },
            { value: "all", label: "All" },
          ]}
          value={status}
          onChange={(value) => change({ status: value === "offered" ? null : value })}
        />
      </Group>
      <Loaded query={services}>
        {({ items, next_cursor }) =>
          items.length > 0 ? (
            <>
              <ServiceTable services={items} />
              <Text size="sm" c="dimmed" role="status">
                {next_cursor
                  ? `The first ${items.length} services; search to find the others.`
                  : `${items.length} ${items.length === 1 ? "service" : "services"}`}
              </Text>
            </>
          ) : isNarrowed ? (
            <Empty
              title="No matching services"
              icon={IconSearch}
              action={{ name: "Show every offered service", onClick: showAll }}
            >
              {status === "offered"
                ? "It may be among services that are no longer offered."
                : "Try a part of its code or its name."}
            </Empty>
          ) : (
            <Empty title="The catalog is empty" action={{ name: "Add the first service", onClick: add.open }}>
              A service carries a billing code, a duration and a rate; sessions are booked by picking one. A whole
              catalog comes from a sheet with <b>Import</b>.
            </Empty>
          )
        }
      </Loaded>
      {adding && <AddService onClose={add.close} />}
    </Page>
  );
}

function ServiceTable({ services }: { services: readonly Service[] }) {
  const navigate = useNavigate();
  const at = useAt();
  return (
    <Paper withBorder>
      <Table highlightOnHover verticalSpacing="xs" aria-label="Services">
        <TableHead
          columns={[
            "Code",
            "Name",
            { name: "Type", visibleFrom: "sm" },
            { name: "Kind", visibleFrom: "md" },
            { name: "Duration", visibleFrom: "sm" },
            { name: "Rate today", className: classes.amount },
          ]}
        />
        <Table.Tbody>
          {services.map((service) => (
            <Table.Tr
              key={service.id}
              className={`${classes.row} ${service.is_active === false ? classes.quiet : ""}`}
              onClick={() => void navigate(at(`/catalog/${service.id}`))}
            >
              <Table.Td className={classes.code ?? ""}>
                <Anchor
                  component={Link}
                  to={at(`/catalog/${service.id}`)}
                  inherit
                  onClick={(event) => event.stopPropagation()}
                >
                  {service.service_code}
                </Anchor>
              </Table.Td>
              <Table.Td>
                {service.service_name} {service.is_active === false && <Tag>not offered</Tag>}
                <Text size="xs" c="dimmed" hiddenFrom="sm">
                  {TYPES[service.service_type]} · {takes(service.standard_duration)}
                </Text>
              </Table.Td>
              <Table.Td visibleFrom="sm">{TYPES[service.service_type]}</Table.Td>
              <Table.Td visibleFrom="md">{KINDS[service.kind ?? "base"][0]}</Table.Td>
              <Table.Td visibleFrom="sm" className="numbers">
                {service.standard_duration === 0 ? "none" : takes(service.standard_duration)}
              </Table.Td>
              <Table.Td className={classes.amount ?? ""}>
                <Money amount={service.base_rate} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Paper>
  );
}
