// The end of a session that is undone, in words.
import { inOneText, type Session } from "@/api";
import { notify } from "@/ui";

/** Say what became of the undo of a cancellation. */
export function notifyUndone({ id, status, undoing, rejection_reasons = [] }: Session): void {
  if (status === "booked") {
    notify.done("Undone. The session is booked again.", { about: id });
  } else {
    const stays = `The session stays cancelled. ${inOneText(rejection_reasons)}`;
    notify.note(undoing ? "Waiting for its room." : stays, { about: id });
  }
}
