// Who somebody is: services send ids, people use names. Names that are requested together come in one answer.
import { type QueryOptions, useQueries, useQuery } from "@tanstack/react-query";
import { type Client, http, Problem, type Therapist } from "@/api";
import { batched } from "./batched";

const NAMES_STAY_MS = 300_000;
/** As many as the service looks up at once. */
const IDS_AT_MOST = 100;

const clients = batched<Client>(IDS_AT_MOST, async (ids) => {
  const { data } = await http.GET("/api/scheduling/clients", { params: { query: { ids, limit: IDS_AT_MOST } } });
  return data?.items ?? [];
});
const therapists = batched<Therapist>(IDS_AT_MOST, async (ids) => {
  const { data } = await http.GET("/api/scheduling/therapists", { params: { query: { ids, limit: IDS_AT_MOST } } });
  return data?.items ?? [];
});

export interface Named {
  readonly id: string;
  /** While it is not known, what stands in for it. */
  readonly name: string;
  readonly client?: Client | undefined;
  /** Whether the name is still to come. */
  readonly isAwaited: boolean;
}

/** These clients, in this order. */
export function useClients(ids: readonly string[]): Named[] {
  return useQueries({
    queries: ids.map(clientOptions),
    combine: (found) =>
      ids.map((id, index) => {
        const { data: client, isPending = true } = found[index] ?? {};
        return { id, name: client?.full_name ?? (isPending ? "…" : "A client"), client, isAwaited: isPending };
      }),
  });
}

/** The names of these people by their ids; those that are not known yet are absent. */
export function useNames(of: {
  clients: readonly string[];
  therapists: readonly string[];
}): ReadonlyMap<string, string> {
  const queries = [...new Set(of.clients)].map(clientOptions);
  const others = [...new Set(of.therapists)].map(therapistOptions);
  const named = (found: readonly { data?: Client | Therapist | undefined }[]) =>
    new Map(found.flatMap(({ data }) => (data ? [[data.id, data.full_name] as const] : [])));
  const clientsNamed = useQueries({ queries, combine: named });
  const therapistsNamed = useQueries({ queries: others, combine: named });
  return new Map([...clientsNamed, ...therapistsNamed]);
}

export function useClient(clientId: string) {
  return useQuery(clientOptions(clientId));
}

export function useTherapist(therapistId: string | null) {
  return useQuery({ ...therapistOptions(therapistId ?? ""), enabled: therapistId !== null });
}

// The keys are those of `GET …/{id}`: whoever reads one person and whoever reads a page of names share the answer.
function clientOptions(client_id: string) {
  return {
    queryKey: ["get", "/api/scheduling/clients/{client_id}", { params: { path: { client_id } } }],
    queryFn: async () => known(await clients(client_id), "client"),
    staleTime: NAMES_STAY_MS,
  } satisfies QueryOptions & { staleTime: number };
}

function therapistOptions(therapist_id: string) {
  return {
    queryKey: ["get", "/api/scheduling/therapists/{therapist_id}", { params: { path: { therapist_id } } }],
    queryFn: async () => known(await therapists(therapist_id), "therapist"),
    staleTime: NAMES_STAY_MS,
  } satisfies QueryOptions & { staleTime: number };
}

/** What was found; a problem where it is not there any more. */
export function known<Person>(person: Person | undefined, kind: string): Person {
  if (!person) {
    throw new Problem({
      type: "/problems/not-found",
      title: `There is no such ${kind}`,
      status: 404,
      detail: `This ${kind} was removed.`,
      errors: [],
    });
  }
  return person;
}

/** `Jonas Weber`, `Jonas Weber and 3 others`. */
export function togetherInWords(names: readonly string[]): string {
  const [first = "Nobody", second] = names;
  const more = names.length - 1;
  return more <= 0 ? first : more === 1 ? `${first} and ${second}` : `${first} and ${more} others`;
}

/** The name that the services use where nobody has signed in. */
const NOBODY = "unknown";

/** The name that the services use where no human did it: what follows from a session is posted by itself. */
const AUTOMATIC = "scheduling";

/** `ines`; in words where nobody was signed in, or where nobody did it. */
export function whoInWords(user: string | null): string {
  return user === AUTOMATIC
    ? "automatic, from the session"
    : user === NOBODY
      ? "not signed in"
      : (user ?? "not recorded");
}

/** ` by ines`; nothing where nobody knows who it was. */
export function byWhom(user: string): string {
  return user === NOBODY ? "" : ` by ${user}`;
}
