import { useQueryClient } from "@tanstack/react-query";
import { api, http, type Service } from "@/api";
import { refreshAfter } from "@/live";
import { notify } from "@/ui";

const PATH = "/api/catalog/services/{service_id}";

/** Offers a service, or offers it no more; shown at once, taken back when refused, and one click undoes it. */
export function useOffering(service: Service): { toggle: () => void; isPending: boolean } {
  const queries = useQueryClient();
  const params = { path: { service_id: service.id } };
  const { queryKey } = api.queryOptions("get", PATH, { params });
  const change = api.useMutation("patch", PATH, {
    onMutate: ({ body }) => {
      queries.setQueryData(queryKey, { ...service, is_active: body.is_active ?? true });
    },
    onSuccess: (changed) => {
      queries.setQueryData(queryKey, changed);
      const is_active = changed.is_active === false;
      const undo = async () => {
        try {
          const { data } = await http.PATCH(PATH, { params, body: { is_active } });
          queries.setQueryData(queryKey, data);
        } catch (error) {
          notify.problem(error);
        }
        void refreshAfter(queries, "catalog.service_changed.v1");
      };
      notify.done(
        is_active
          ? `${service.service_code} cannot be booked any more. Sessions that are booked stay.`
          : `${service.service_code} can be booked again.`,
        { onClick: () => void undo() },
      );
    },
    onError: (error) => {
      queries.setQueryData(queryKey, service);
      notify.problem(error);
    },
    onSettled: () => void refreshAfter(queries, "catalog.service_changed.v1"),
  });
  return {
    toggle: () =>
      // Without `If-Match`: this one fact does not depend on what else was changed a moment ago.
      change.mutate({ params, body: { is_active: service.is_active === false } }),
    isPending: change.isPending,
  };
}
