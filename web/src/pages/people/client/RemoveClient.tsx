import { Button, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "react-router";
import { api, type Client } from "@/api";
import { refreshAfter } from "@/live";
import { Ask, tell } from "@/parts";
import { useAt } from "@/site";

/** Removes a client who never had a session; undone by adding them again. */
export function RemoveClient({ client }: { client: Client }) {
  const [asking, ask] = useDisclosure(false);
  const queries = useQueryClient();
  const navigate = useNavigate();
  const at = useAt();
  const add = api.useMutation("post", "/api/scheduling/clients");
  const remove = api.useMutation("delete", "/api/scheduling/clients/{client_id}", {
    onSuccess: () => {
      void navigate(at("/people"));
      void refreshAfter(queries, "scheduling.client_changed.v1");
      tell.done(`${client.full_name} is deleted.`, {
        onClick: () =>
          void add
            .mutateAsync({ body: { full_name, email, phone, time_zone } })
            .then(({ id }) => navigate(at(`/people/clients/${id}`)))
            .catch((error) => tell.problem(error)),
      });
    },
  });
  const { full_name, email, phone, time_zone } = client;
  return (
    <>
      <Button size="xs" variant="default" onClick={ask.open}>
        Delete
      </Button>
      <Ask
        opened={asking}
        grave
        title={`Delete ${client.full_name}?`}
        doIt="Delete"
        onClose={() => {
          remove.reset();
          ask.close();
        }}
        onDo={() => remove.mutate({ params: { path: { client_id: client.id } } })}
        busy={remove.isPending}
        error={remove.error}
      >
        <Text size="sm">
          For a client added by mistake. A client with sessions cannot be deleted, because bookings and bills are kept.
        </Text>
      </Ask>
    </>
  );
}
