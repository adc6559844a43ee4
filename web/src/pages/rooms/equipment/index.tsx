// The words for what rooms have.
import { Button, Group, Paper, Table, Text, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconPlus } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, type Equipment } from "@/api";
import { refreshAfter } from "@/live";
import { Confirm, Empty, FormDrawer, fieldErrors, Loaded, notify, TableHead } from "@/ui";
import { RoomsPage } from "../RoomsPage";

export function Component() {
  const [adding, add] = useDisclosure(false);
  const [renamed, rename] = useState<Equipment | null>(null);
  const queries = useQueryClient();
  const words = api.useQuery("get", "/api/rooms/equipment");
  const forget = api.useMutation("delete", "/api/rooms/equipment/{name}", {
    onSuccess: () => notify.done("The equipment is deleted."),
    onError: (error) => notify.problem(error),
    onSettled: () => refreshAfter(queries, "rooms.room_changed.v1"),
  });
  return (
    <RoomsPage
      title="Equipment"
      about="Equipment that a booking can require, at every site."
      actions={
        <Button onClick={add.open} leftSection={<IconPlus size={17} aria-hidden />}>
          Add equipment
        </Button>
      }
    >
      <Loaded query={words}>
        {({ items }) =>
          items.length > 0 ? (
            <Paper withBorder>
              <Table verticalSpacing="xs" aria-label="Equipment">
                <TableHead
                  columns={["Name", { name: "Key", visibleFrom: "xs" }, "Rooms", { name: "Change", isHidden: true }]}
                />
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
      </Loaded>
      {adding && <AddWord onClose={add.close} />}
      {renamed && <Rename word={renamed} onClose={() => rename(null)} />}
    </RoomsPage>
  );
}

export function AddWord({ onClose }: { onClose: () => void }) {
  const [label, setLabel] = useState("");
  const [name, setName] = useState("");
  const queries = useQueryClient();
  const add = api.useMutation("post", "/api/rooms/equipment", {
    onSuccess: (word) => {
      notify.done(`${word.label} can be assigned to rooms.`);
      onClose();
    },
    onSettled: () => void refreshAfter(queries, "rooms.room_changed.v1"),
  });
  const errors = fieldErrors(add.error, ["label", "name"]);
  return (
    <FormDrawer
      title="Add equipment"
      onClose={onClose}
      submitLabel="Save"
      onSubmit={() => add.mutate({ body: { label, name: name || suggested(label) } })}
      busy={add.isPending}
      dirty={label !== ""}
      errors={errors}
    >
      <TextInput
        label="Name"
        placeholder="Sand tray"
        value={label}
        onChange={(event) => setLabel(event.currentTarget.value)}
        error={errors.at("label")}
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
        error={errors.at("name")}
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

export function Rename({ word, onClose }: { word: Equipment; onClose: () => void }) {
  const [label, setLabel] = useState(word.label);
  const queries = useQueryClient();
  const save = api.useMutation("put", "/api/rooms/equipment/{name}", {
    onSuccess: onClose,
    onSettled: () => void refreshAfter(queries, "rooms.room_changed.v1"),
  });
  const errors = fieldErrors(save.error, ["label"]);
  return (
    <Confirm
      title={`Rename ${word.label}`}
      opened
      onClose={onClose}
      submitLabel="Rename"
      onSubmit={() => save.mutate({ params: { path: { name: word.name } }, body: { label } })}
      busy={save.isPending}
      errors={errors}
    >
      <TextInput
        label="Name"
        value={label}
        onChange={(event) => setLabel(event.currentTarget.value)}
        error={errors.at("label")}
        maxLength={200}
        data-autofocus
      />
    </Confirm>
  );
}
