import { useClient, useTherapist } from "./names";

/** What a client is called; their short number where nobody knows a name. */
export function ClientName({ clientId }: { clientId: string }) {
  const client = useClient(clientId);
  return <>{client.data?.full_name ?? (client.isPending ? "…" : `Client ${shortOf(clientId)}`)}</>;
}

/** What a therapist is called. */
export function TherapistName({ therapistId }: { therapistId: string }) {
  const therapist = useTherapist(therapistId);
  return <>{therapist.data?.full_name ?? (therapist.isPending ? "…" : `Therapist ${shortOf(therapistId)}`)}</>;
}

function shortOf(id: string): string {
  return id.slice(-6).toUpperCase();
}
