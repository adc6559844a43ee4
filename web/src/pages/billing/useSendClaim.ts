import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "react-router";
import { api, type Claim } from "@/api";
import { refreshAfter } from "@/live";
import { notify, useAt } from "@/ui";

interface Sending {
  /** Send it as the first, as a replacement or as a void; the latter two name the payer's own number. */
  readonly send: (
    claim: Pick<Claim, "record_id">,
    frequency: Claim["frequency"],
    reference: string | null,
    /** The rejected claims of which it is the repetition. */
    sentAgain?: readonly string[],
  ) => void;
  readonly error: unknown;
  readonly isPending: boolean;
}

/** Send one claim in a new file, and go there. */
export function useSendClaim(done: string): Sending {
  const queries = useQueryClient();
  const navigate = useNavigate();
  const at = useAt();
  const { mutate, error, isPending } = api.useMutation("post", "/api/billing/claims", {
    onSuccess: (batch) => {
      void refreshAfter(queries, "billing.payment_status_changed.v1");
      notify.done(done);
      void navigate(at(`/billing/claims/${batch.id}`));
    },
  });
  return {
    send: ({ record_id }, frequency, reference, sentAgain = []) =>
      mutate({
        body: {
          record_ids: [record_id],
          frequency,
          sent_again: [...sentAgain],
          ...(frequency !== "1" && reference ? { payer_references: { [record_id]: reference } } : {}),
        },
      }),
    error,
    isPending,
  };
}
