import { List, Table, Text } from "@mantine/core";
import { api } from "@/api";
import type { components } from "@/api/billing";
import { Pager, Panel, Shown, usePages } from "@/parts";
import { whoInWords } from "@/people/names";
import { useNetworkZone } from "@/site";
import { momentInWords } from "@/time";
import { fieldInWords, valueInWords } from "./changeWords";

type Change = components["schemas"]["ChangeView"];
const ON_A_PAGE = 25;

interface ChangesProps {
  /** Only of this payer, coverage, client, therapist or site. */
  readonly of?: string;
  /** Only of this kind. */
  readonly what?: string | null;
}

/** Change log of that which prices and claims are made of, the latest first. */
export function Changes({ of, what }: ChangesProps) {
  const zone = useNetworkZone();
  const pages = usePages(`${of} ${what}`);
  const { cursor } = pages;
  const changes = api.useQuery("get", "/api/billing/changes", {
    params: {
      query: {
        limit: ON_A_PAGE,
        ...(of ? { key: of } : {}),
        ...(what ? { what } : {}),
        ...(cursor ? { cursor } : {}),
      },
    },
  });
  return (
    <Panel title="Change log">
      <Shown query={changes}>
        {({ items, next_cursor }) =>
          items.length > 0 ? (
            <>
              <Table verticalSpacing={6} aria-label="Changes">
                <Table.Tbody>
                  {items.map((change) => (
                    <Table.Tr key={change.id}>
                      <Table.Td style={{ verticalAlign: "top" }}>
                        {momentInWords(change.at, zone)}
                        <Text size="xs" c="dimmed">
                          {whoInWords(change.by)}
                        </Text>
                      </Table.Td>
                      <Table.Td>
                        <Text size="sm" fw={600}>
                          {fieldInWords(change.what)} {change.action}
                        </Text>
                        <Differences change={change} />
                      </Table.Td>
                    </Table.Tr>
                  ))}
                </Table.Tbody>
              </Table>
              <Pager pages={pages} next={next_cursor} backName="Newer" nextName="Older" />
            </>
          ) : (
            <Text size="sm" c="dimmed">
              No changes yet.
            </Text>
          )
        }
      </Shown>
    </Panel>
  );
}

/** What was there before beside what is there after; ids say nothing to anybody. */
function Differences({ change }: { change: Change }) {
  const before = change.before ?? {};
  const after = change.after ?? {};
  const fields = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    (field) => !/(^|_)id$/.test(field) && valueInWords(before[field]) !== valueInWords(after[field]),
  );
  return (
    <List size="sm" listStyleType="none">
      {fields.map((field) => {
        const [was, is] = [valueInWords(before[field]), valueInWords(after[field])];
        return (
          <List.Item key={field}>
            {fieldInWords(field, change.what)}: {was && <del>{was}</del>} {is || (change.after && "none")}
          </List.Item>
        );
      })}
    </List>
  );
}
