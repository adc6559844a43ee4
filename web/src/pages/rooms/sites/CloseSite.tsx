import { Text } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { api, type Site } from "@/api";
import { refreshAfter } from "@/live";
import { FormDrawer, fieldErrors, notify } from "@/ui";
import { AffectedSessions } from "../AffectedSessions";
import { affectedBy } from "../refusals";

/** Closes a site until it is reopened; the sessions it still has are shown first. */
export function CloseSite({ site, onClose }: { site: Site; onClose: () => void }) {
  const queries = useQueryClient();
  const leave = api.useMutation("patch", "/api/rooms/sites/{site_id}", {
    onSuccess: () => {
      notify.done(`${site.site_name} is closed.`);
      onClose();
    },
    onSettled: () => void refreshAfter(queries, "rooms.site_changed.v1"),
  });
  const affected = affectedBy(leave.error);
  const send = (force: boolean) =>
    leave.mutate({ params: { path: { site_id: site.id }, query: force ? { force } : {} }, body: { is_active: false } });
  return (
    <FormDrawer
      title={`Close ${site.site_name}`}
      onClose={onClose}
      submitLabel={affected ? null : "Close the site"}
      onSubmit={() => send(false)}
      busy={leave.isPending}
      errors={fieldErrors(affected ? null : leave.error, [])}
    >
      <Text size="sm">
        Nothing can be booked there until it is reopened. Its history is kept, and what is still booked there stays
        listed.
      </Text>
      {affected && (
        <AffectedSessions
          affected={affected}
          zone={site.time_zone}
          warning="Move or cancel them first, or close it anyway: they stay booked at a closed site."
          force="Close anyway"
          onForce={() => send(true)}
          busy={leave.isPending}
        />
      )}
    </FormDrawer>
  );
}
