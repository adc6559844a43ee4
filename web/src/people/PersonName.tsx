import { api } from "@/api";

const NAMES_STAY_MS = 300_000;

/** What a client is called; their short number where nobody knows a name. */
export function ClientName({ clientId }: { clientId: string }) {
  const client = api.useQuery(
    "get",
    "/api/scheduling/clients/{client_id}",
    { params: { path: { client_id: clientId } } },
    { staleTime: NAMES_STAY_MS },
  );
  return <>{client.data?.full_name ?? (client.isPending ? "…" : `Client ${shortOf(clientId)}`)}</>;
}

/** What a therapist is called. */
export function TherapistName({ therapistId }: { therapistId: string }) {
  const therapist = api.useQuery(
    "get",
    "/api/scheduling/therapists/{therapist_id}",
    { params: { path: { therapist_id: therapistId } } },
    { staleTime: NAMES_STAY_MS },
  );
  return <>{therapist.data?.full_name ?? (therapist.isPending ? "…" : `Therapist ${shortOf(therapistId)}`)}</>;
}

function shortOf(id: string): string {
  return id.slice(-6).toUpperCase();
}
