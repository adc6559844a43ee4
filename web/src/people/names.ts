// Who somebody is: services speak of ids, people of names.
import { useQueries } from "@tanstack/react-query";
import { api, type Client, type Therapist } from "@/api";

export interface Named {
  readonly id: string;
  /** While it is not known, what stands in for it. */
  readonly name: string;
  readonly client?: Client | undefined;
}

/** These clients, in this order. */
export function useClients(ids: readonly string[]): Named[] {
  return useQueries({
    queries: ids.map((client_id) =>
      api.queryOptions("get", "/api/scheduling/clients/{client_id}", { params: { path: { client_id } } }),
    ),
    combine: (found) =>
      ids.map((id, index) => {
        const client = found[index]?.data;
        return { id, name: client?.full_name ?? "A client", client };
      }),
  });
}

export function useTherapist(therapistId: string | null): Therapist | undefined {
  return api.useQuery(
    "get",
    "/api/scheduling/therapists/{therapist_id}",
    { params: { path: { therapist_id: therapistId ?? "" } } },
    { enabled: therapistId !== null },
  ).data;
}

/** `Jonas Weber`, `Jonas Weber and 3 others`. */
export function togetherInWords(names: readonly string[]): string {
  const [first = "Nobody", second] = names;
  const more = names.length - 1;
  return more <= 0 ? first : more === 1 ? `${first} and ${second}` : `${first} and ${more} others`;
}

/** Who the services say it was where nobody has signed in. */
const NOBODY = "unknown";

/** ` by ines`; nothing where nobody knows who it was. */
export function byWhom(user: string): string {
  return user === NOBODY ? "" : ` by ${user}`;
}
