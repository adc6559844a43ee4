import { useQueryClient } from "@tanstack/react-query";
import { api, type Therapist } from "@/api";
import { refreshAfter } from "@/live";
import { notify } from "@/ui";

/** Whether a therapist can be booked; their sessions stay as they are, and it is undone by one click. */
export function useWorking(therapist: Therapist): { isPending: boolean; toggle: () => void } {
  const queries = useQueryClient();
  const change = api.useMutation("patch", "/api/scheduling/therapists/{therapist_id}");

  // Without `If-Match`: this one fact does not depend on what else was changed a moment ago, such as the hours.
  async function put(is_active: boolean, undo: boolean): Promise<void> {
    try {
      await change.mutateAsync({ params: { path: { therapist_id: therapist.id } }, body: { is_active } });
      const words = is_active ? "can be booked again." : "cannot be booked any more. Booked sessions do not change.";
      notify.done(`${therapist.full_name} ${words}`, undo ? { onClick: () => void put(!is_active, false) } : undefined);
    } catch (error) {
      notify.problem(error);
    } finally {
      await refreshAfter(queries, "scheduling.therapist_changed.v1");
    }
  }

  return { isPending: change.isPending, toggle: () => void put(!therapist.is_active, true) };
}
