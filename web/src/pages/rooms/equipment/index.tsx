// The words for what rooms have.
import { Button, Group, Paper, Table, Text, TextInput, VisuallyHidden } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconPlus } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, type Equipment } from "@/api";
import { refreshAfter } from "@/live";
import { Ask, beside, Empty, FormDrawer, Shown, tell } from "@/parts";
import { RoomsPage } from "../RoomsPage";

export function Component() {
  const [adding, add] = useDisclosure(false);
  const [renamed, rename] = useState<Equipment | null>(null);
  const queries = useQueryClient();
  const words = api.useQuery("get", "/api/rooms/equipment");
  const forget = api.useMutation("delete", "/api/rooms/equipment/{name}", {
    onSuccess: () => tell.done("The equipment is deleted."),
    onError: (error) => tell.problem(error),
    onSettled: () => refreshAfter(queries, "rooms.room_changed.v1"),
  });
  return (
    <RoomsPage
      title="Equipment"
      about="Equipment that a booking can ask for, at every site."
      actions={
        <Button onClick={add.open} leftSection={<IconPlus size={17} aria-hidden />}>
          Add equipment
        </Button>
      }
    >
      <Shown query={words}>
        {({ items }) =>
          items.length > 0 ? (
            <Paper withBorder>
              <Table verticalSpacing="xs" aria-label="Equipment">
                <Table.Thead>
                  <Table.Tr>
                    <Table.Th>Name</Table.Th>
                    <Table.Th visibleFrom="xs">Key</Table.Th>
                    <Table.Th>Rooms</Table.Th>
                    <Table.Th>
                      <VisuallyHidden>Change</VisuallyHidden>
                    </Table.Th>
                  </Table.Tr>
                </Table.Thead>
                <Table.Tbody>
                  {items.map((word) => (
                    <Table.Tr key={word.name}>
                      <Table.Td>{word.label}</Table.Td>
                      <Table.Td visibleFrom="xs">
                        <Text size="sm" c="dimmed">
                          {word.name}
                        </Text>
                      </Table.Td>
                      <Table.Td className="numbers">{word.rooms}</Table.Td>
                      <Table.Td>
                        <Group gap={6} justify="flex-end">
                          <Button
                            size="compact-sm"
                            variant="default"
                            aria-label={`Rename ${word.label}`}
                            onClick={() => rename(word)}
                          >
                            Rename
                          </Button>
                          {word.rooms === 0 && (
                            <Button
                              size="compact-sm"
                              variant="default"
                              aria-label={`Delete ${word.label}`}
                              onClick={() => forget.mutate({ params: { path: { name: word.name } } })}
                            >
                              Delete
                            </Button>
                          )}
                        </Group>
                      </Table.Td>
                    </Table.Tr>
                  ))}
                </Table.Tbody>
              </Table>
            </Paper>
          ) : (
            <Empty title="No equipment yet" action={{ name: "Add the first", onClick: add.open }}>
              Equipment is also added when it is entered for a room.
            </Empty>
          )
        }
      </Shown>
      {adding && <AddWord onClose={add.close} />}
      {renamed && <Rename word={renamed} onClose={() => rename(null)} />}
    </RoomsPage>
  );
}

function AddWord({ onClose }: { onClose: () => void }) {
  const [label, setLabel] = useState("");
  const [name, setName] = useState("");
  const queries = useQueryClient();
  const add = api.useMutation("post", "/api/rooms/equipment", {
    onSuccess: (word) => {
      tell.done(`${word.label} can be assigned to rooms.`);
      onClose();
    },
    onSettled: () => void refreshAfter(queries, "rooms.room_changed.v1"),
  });
  const told = beside(add.error, ["label", "name"]);
  return (
    <FormDrawer
      title="Add equipment"
      onClose={onClose}
      doIt="Save"
      onDo={() => add.mutate({ body: { label, name: name || suggested(label) } })}
      busy={add.isPending}
      dirty={label !== ""}
      told={told}
    >
      <TextInput
        label="Name"
        placeholder="Sand tray"
        value={label}
        onChange={(event) => setLabel(event.currentTarget.value)}
        error={told.at("label")}
        maxLength={200}
        required
        data-autofocus
      />
      <TextInput
        label="Key"
        description="Used by rooms and bookings; cannot be changed later"
        placeholder={suggested(label) || "sand_tray"}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
        error={told.at("name")}
        autoComplete="off"
      />
    </FormDrawer>
  );
}

function suggested(label: string): string {
  return label
    .trim()
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "_");
}

function Rename({ word, onClose }: { word: Equipment; onClose: () => void }) {
  const [label, setLabel] = useState(word.label);
  const queries = useQueryClient();
  const save = api.useMutation("put", "/api/rooms/equipment/{name}", {
    onSuccess: onClose,
    onSettled: () => void refreshAfter(queries, "rooms.room_changed.v1"),
  });
  return (
    <Ask
      title={`Rename ${word.label}`}
      opened
      onClose={onClose}
      doIt="Rename"
      onDo={() => save.mutate({ params: { path: { name: word.name } }, body: { label } })}
      busy={save.isPending}
      error={save.error}
    >
      <TextInput
        label="Name"
        value={label}
        onChange={(event) => setLabel(event.currentTarget.value)}
        maxLength={200}
        data-autofocus
      />
    </Ask>
  );
}
