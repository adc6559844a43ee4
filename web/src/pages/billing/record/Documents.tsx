import { Button, Drawer, Menu, Stack, Text, Title } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconChevronDown, IconFileText } from "@tabler/icons-react";
import { api, type BillingRecord } from "@/api";
import { useDocument } from "@/features/billing/Document";
import { Facts, Loaded, useFocusBack } from "@/ui";

/** What can be printed or handed on of a record. */
export function Documents({ record }: { record: BillingRecord }) {
  const [filling, fill] = useDisclosure(false);
  const at = `/api/billing/records/${record.id}`;
  const documents = useDocument({
    recordId: record.id,
    clientId: record.client_id,
    siteId: record.site_id,
    therapistId: record.therapist_id,
  });
  return (
    <>
      <Button
        component="a"
        {...documents.link({ href: `${at}/superbill.pdf` })}
        loading={documents.isBusy}
        variant="default"
        leftSection={<IconFileText size={17} aria-hidden />}
      >
        Superbill
      </Button>
      <Menu position="bottom-end" withinPortal>
        <Menu.Target>
          <Button variant="default" rightSection={<IconChevronDown size={16} aria-hidden />}>
            Export
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={fill.open}>CMS-1500, box by box</Menu.Item>
          <Menu.Item component="a" {...documents.link({ href: `${at}/fhir/Claim`, saveAs: `claim-${record.id}.json` })}>
            FHIR Claim
          </Menu.Item>
          <Menu.Item
            component="a"
            {...documents.link({ href: `${at}/fhir/ChargeItem`, saveAs: `charge-item-${record.id}.json` })}
          >
            FHIR ChargeItem
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {documents.notice}
      {filling && <Boxes record={record} onClose={fill.close} />}
    </>
  );
}

/** What goes into each box of the paper claim form. */
export function Boxes({ record, onClose }: { record: BillingRecord; onClose: () => void }) {
  useFocusBack();
  const form = api.useQuery("get", "/api/billing/records/{record_id}/cms1500.json", {
    params: { path: { record_id: record.id } },
  });
  return (
    <Drawer opened onClose={onClose} title="CMS-1500, box by box" position="right" size="min(100vw, 620px)">
      <Loaded query={form}>
        {({ forms }) => (
          <Stack gap="lg">
            {forms.map(({ boxes }, place) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a form is known by its place
              <div key={place}>
                {forms.length > 1 && <Title order={2} fz={16}>{`Form ${place + 1} of ${forms.length}`}</Title>}
                <Facts
                  facts={boxes.map(({ number, name, value }) => [`${number}  ${name}`, valueInWords(value)] as const)}
                />
              </div>
            ))}
            <Text size="sm" c="dimmed">
              Empty boxes are not shown.
            </Text>
          </Stack>
        )}
      </Loaded>
    </Drawer>
  );
}

function valueInWords(value: unknown): string {
  if (value === null || value === undefined || value === false) {
    return "";
  }
  if (Array.isArray(value)) {
    return value.map(valueInWords).filter(Boolean).join("; ");
  }
  return typeof value === "object" ? Object.values(value).map(valueInWords).filter(Boolean).join(", ") : String(value);
}
