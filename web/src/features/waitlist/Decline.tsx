// The slot that is held for somebody who waits goes to the next: nobody can take that back, so it is confirmed before.
import { Text } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { api } from "@/api";
import { PATIENCE } from "@/features/sessions/steps";
import { refreshAfter } from "@/live";
import { Confirm, fieldErrors, notify } from "@/ui";

interface DeclineProps {
  readonly entry: { readonly id: string; readonly client_name: string };
  readonly onClose: () => void;
}

export function Decline({ entry, onClose }: DeclineProps) {
  const queries = useQueryClient();
  const decline = api.useMutation("post", "/api/scheduling/waitlist/{entry_id}/decline", {
    onSuccess: () => {
      notify.done(`${entry.client_name} keeps waiting; the slot goes to the next.`);
      onClose();
    },
    onSettled: () => void refreshAfter(queries, "scheduling.session_booked.v1"),
  });
  return (
    <Confirm
      opened
      grave
      title={`Decline the slot for ${entry.client_name}?`}
      submitLabel="Decline"
      onClose={onClose}
      busy={decline.isPending}
      errors={fieldErrors(decline.error, [])}
      onSubmit={() => decline.mutate({ params: { path: { entry_id: entry.id }, header: { prefer: PATIENCE } } })}
    >
      <Text size="sm">
        The slot goes to the next on the waitlist and is not offered to this client again. They keep waiting for
        another.
      </Text>
    </Confirm>
  );
}
