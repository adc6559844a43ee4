// Fields whose text cannot be read: what was typed stays to be corrected, and a form is not sent with what was there before.
import { type RefObject, useEffect, useEffectEvent } from "react";

/** Mark a field as one that cannot be read, with the reason; null once it can. Its form is informed of both, and when the field goes. */
export function useUnread(
  field: RefObject<HTMLInputElement | null>,
  reason: string | null,
  onUnread?: (isUnread: boolean) => void,
): void {
  useEffect(() => {
    field.current?.setCustomValidity(reason ?? "");
  }, [field, reason]);
  const report = useEffectEvent((isUnread: boolean) => onUnread?.(isUnread));
  const isUnread = reason !== null;
  useEffect(() => {
    if (isUnread) {
      report(true);
      return () => report(false);
    }
    return;
  }, [isUnread]);
}

/** Lead to the first field of a form that cannot be read; false where each can. */
export function leadsToUnread(form: HTMLFormElement | null): boolean {
  for (const field of form?.elements ?? []) {
    if (field instanceof HTMLInputElement && field.validity.customError) {
      field.focus();
      // Reported to the field, which shows its reason from now on.
      field.checkValidity();
      return true;
    }
  }
  return false;
}
