// The message that a session is cancelled, with the way back.
import type { QueryClient } from "@tanstack/react-query";
import { take } from "@/features/sessions/steps";
import { notifyUndone } from "@/features/sessions/undone";
import { handleEvents, refreshAfter } from "@/live";
import { notify } from "@/ui";

const RESTORED = "scheduling.session_restored.v1";

/** The message that a session is cancelled, which does not hold any more once that is undone. */
export function cancelledNotice(sessionId: string): string {
  return `cancelled ${sessionId}`;
}

/** Say that a session is cancelled; the message goes when anybody undoes that. */
export function notifyCancelled(sessionId: string, queries: QueryClient): void {
  const id = cancelledNotice(sessionId);
  const stop = handleEvents(({ type, data }) => {
    if (type === RESTORED && data.session_id === sessionId) {
      notify.forget(id);
    }
  });
  notify.done("The session is cancelled.", {
    id,
    about: sessionId,
    onGone: stop,
    onClick: () => void undo(sessionId, queries),
  });
}

async function undo(sessionId: string, queries: QueryClient): Promise<void> {
  try {
    notifyUndone(await take(sessionId, { step: "undo" }));
  } catch (error) {
    notify.problem(error, "The cancellation was not undone");
  } finally {
    await refreshAfter(queries, RESTORED);
  }
}
