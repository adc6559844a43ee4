// The slot that is held for somebody who waits goes to the next: nobody can take that back, so it is confirmed before.
import { Checkbox, Text } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, asProblem } from "@/api";
import { PATIENCE } from "@/features/sessions/steps";
import { refreshAfter } from "@/live";
import { Confirm, fieldErrors, notify } from "@/ui";

/** The refusal where the slot is booked, declined or offered to another client by now. */
const NOTHING_OFFERED = "nothing-offered";

export interface Declined {
  readonly id: string;
  readonly client_name: string;
}

interface DeclineProps {
  readonly entry: Declined;
  readonly onClose: () => void;
}

export function Decline({ entry, onClose }: DeclineProps) {
  const queries = useQueryClient();
  const [offersOn, setOffersOn] = useState(true);
  const decline = api.useMutation("post", "/api/scheduling/waitlist/{entry_id}/decline", {
    onSuccess: () => {
      notify.done(`${entry.client_name} keeps waiting; the slot ${offersOn ? "goes to the next" : "stays free"}.`);
      onClose();
    },
    onError: (error: unknown) => {
      // There is nothing left to decline, so the dialog goes.
      if (asProblem(error).code === NOTHING_OFFERED) {
        notify.problem(error, "The slot was not declined");
        onClose();
      }
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
      onSubmit={() =>
        decline.mutate({
          params: { path: { entry_id: entry.id }, query: { offer_on: offersOn }, header: { prefer: PATIENCE } },
        })
      }
    >
      <Text size="sm">The slot is not offered to this client again. They keep waiting for another.</Text>
      <Checkbox
        label="Offer the slot to the next on the waitlist"
        description="Otherwise it stays free, for example to undo the cancellation or the move that freed it."
        checked={offersOn}
        onChange={(event) => setOffersOn(event.currentTarget.checked)}
      />
    </Confirm>
  );
}
