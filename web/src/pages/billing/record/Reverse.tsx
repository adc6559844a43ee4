import { Anchor, Text } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { type BillingRecord, http } from "@/api";
import { refreshAfter } from "@/live";
import { inDollars } from "@/money";
import { dayInWords } from "@/time";
import { FormDrawer, fieldErrors, notify, ReasonField } from "@/ui";
import classes from "../Billing.module.css";
import { METHODS, type Posting } from "../labels";
import { accountInWords, postingInWords } from "./postings";

const REASONS = ["The check was returned unpaid", "Charged back by the card's bank", "Wrong client", "Typing error"];

interface ReverseProps {
  readonly record: BillingRecord;
  readonly posting: Posting;
}

/** Takes a posting back: a check that bounced, a payment for another client, a typo. */
export function Reverse({ record, posting }: ReverseProps) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Anchor component="button" type="button" onClick={() => setOpen(true)} className={classes.small ?? ""}>
        Reverse
      </Anchor>
      {isOpen && <ReverseForm record={record} posting={posting} onClose={() => setOpen(false)} />}
    </>
  );
}

export function ReverseForm({ record, posting, onClose }: ReverseProps & { readonly onClose: () => void }) {
  const [reason, setReason] = useState("");
  const queries = useQueryClient();
  const post = useMutation({
    mutationFn: () =>
      http.POST("/api/billing/records/{record_id}/ledger/{transaction_id}/reversal", {
        params: { path: { record_id: record.id, transaction_id: posting.id } },
        body: { reason },
      }),
    onSuccess: () => {
      void refreshAfter(queries, "billing.payment_status_changed.v1");
      notify.done("The posting is reversed.");
      onClose();
    },
  });
  const errors = fieldErrors(post.error, ["reason"]);
  return (
    <FormDrawer
      title={`Reverse: ${postingInWords(posting)}`}
      onClose={onClose}
      submitLabel="Reverse"
      onSubmit={() => post.mutate()}
      busy={post.isPending}
      dirty={reason !== ""}
      errors={errors}
    >
      <Text size="sm" fw={600}>
        {[
          ...posting.entries.map(
            ({ account, amount }) => `${accountInWords(posting.kind, account)} ${inDollars(amount)}`,
          ),
          posting.method && METHODS[posting.method],
          posting.kind !== "credit" && posting.reference,
          dayInWords(posting.received_date),
        ]
          .filter(Boolean)
          .join(" · ")}
      </Text>
      <Text size="sm">
        A posting with the opposite amounts is added. The first posting stays in the ledger. This can be done once.
      </Text>
      <ReasonField value={reason} onChange={setReason} common={REASONS} error={errors.at("reason")} maxLength={500} />
    </FormDrawer>
  );
}
