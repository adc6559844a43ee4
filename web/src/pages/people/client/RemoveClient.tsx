import { Button, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "react-router";
import { api, type Client } from "@/api";
import { refreshAfter } from "@/live";
import { Confirm, fieldErrors, notify, useAt } from "@/ui";

/** Removes a client who never had a session; undone by adding them again. */
export function RemoveClient({ client }: { client: Client }) {
  const [isOpen, dialog] = useDisclosure(false);
  const queries = useQueryClient();
  const navigate = useNavigate();
  const at = useAt();
  const add = api.useMutation("post", "/api/scheduling/clients");
  const remove = api.useMutation("delete", "/api/scheduling/clients/{client_id}", {
    onSuccess: () => {
      void navigate(at("/people"));
      void refreshAfter(queries, "scheduling.client_changed.v1");
      notify.done(`${client.full_name} is deleted.`, {
        onClick: () =>
          void add
            .mutateAsync({ body: { full_name, email, phone, time_zone } })
            .then(({ id }) => navigate(at(`/people/clients/${id}`)))
            .catch((error) => notify.problem(error)),
      });
    },
  });
  const { full_name, email, phone, time_zone } = client;
  return (
    <>
      <Button size="xs" variant="default" onClick={dialog.open}>
        Delete
      </Button>
      <Confirm
        opened={isOpen}
        grave
        title={`Delete ${client.full_name}?`}
        submitLabel="Delete"
        onClose={() => {
          remove.reset();
          dialog.close();
        }}
        onSubmit={() => remove.mutate({ params: { path: { client_id: client.id } } })}
        busy={remove.isPending}
        errors={fieldErrors(remove.error, [])}
      >
        <Text size="sm">
          For a client added by mistake. A client with sessions cannot be deleted, because bookings and bills are kept.
        </Text>
      </Confirm>
    </>
  );
}
