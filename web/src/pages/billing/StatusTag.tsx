import { Tag } from "@/ui";
import { type PaymentStatus, STATUSES } from "./labels";

/** Where a record's money is, in a word. */
export function StatusTag({ status }: { status: PaymentStatus }) {
  const [name, tone] = STATUSES[status];
  return <Tag tone={tone}>{name}</Tag>;
}
