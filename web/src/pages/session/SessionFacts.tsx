import { Anchor, Skeleton, Text } from "@mantine/core";
import type { UseQueryResult } from "@tanstack/react-query";
import { Link } from "react-router";
import type { Session, Site, Therapist } from "@/api";
import { modalityInWords } from "@/features/sessions/modality";
import { siteInWords } from "@/features/site";
import { durationInWords, minutesBetween, momentInWords, spanInWords } from "@/time";
import { Facts, Money, Panel, useAt } from "@/ui";

interface SessionFactsProps {
  readonly session: Session;
  readonly site: Site | undefined;
  readonly zone: string;
  readonly therapist: Pick<UseQueryResult<Therapist>, "data" | "isPending">;
}

/** What was agreed, and what was done. */
export function SessionFacts({ session, site, zone, therapist }: SessionFactsProps) {
  const at = useAt();
  const { actual_start, actual_end } = session;
  return (
    <Panel title="Facts">
      <Facts
        facts={[
          ["Service", `${session.service_code} · ${session.service_name}`],
          [
            "Therapist",
            therapist.isPending ? (
              <Skeleton key="therapist" height={16} width={150} />
            ) : (
              <Anchor
                key="therapist"
                component={Link}
                to={at(`/people/therapists/${session.therapist_id}`)}
                inherit
                underline="always"
              >
                {[therapist.data?.full_name ?? "The therapist", therapist.data?.credential].filter(Boolean).join(", ")}
              </Anchor>
            ),
          ],
          ["Site", site ? siteInWords(site) : "not found"],
          [
            "Room",
            session.room_id && (
              <Anchor component={Link} to={at(`/rooms/${session.room_id}`)} inherit underline="always">
                {session.room_number}
              </Anchor>
            ),
          ],
          ["Duration", durationInWords(minutesBetween(session.starts_at, session.ends_at))],
          ["Quoted rate", <Money key="rate" amount={session.calculated_rate} />],
          ["Billed to", session.insurance_applicable ? "insurance, then the client" : "the client"],
          [
            "Series",
            session.series_id && (
              <Anchor component={Link} to={at(`/series/${session.series_id}`)} inherit underline="always">
                See the whole series
              </Anchor>
            ),
          ],
          [
            "In place of",
            session.in_place_of && (
              <Anchor component={Link} to={at(`/series/${session.in_place_of.series_id}`)} inherit underline="always">
                {momentInWords(session.in_place_of.occurrence, zone)} of a series
              </Anchor>
            ),
          ],
          [
            "Actual time",
            actual_start &&
              actual_end &&
              `${spanInWords(actual_start, actual_end, zone)}, ${durationInWords(minutesBetween(actual_start, actual_end))}`,
          ],
          ["Format", modalityInWords(session.modality, session.client_location)],
          [
            "Additional services",
            (session.add_ons ?? []).length > 0 &&
              (session.add_ons ?? []).map(({ service_id, service_code, units, rate_per_unit }) => (
                <Text key={service_id} inherit component="div" className="numbers">
                  {units} × {service_code} at <Money amount={rate_per_unit} />
                </Text>
              )),
          ],
          ["Cancellation reason", session.cancellation_reason],
          ["Cancelled by", session.cancellation_cause && `the ${session.cancellation_cause}`],
          ["Fee waived", session.fee_waiver],
          ["Note for billing", session.billing_notes],
          ["Last changed", `${momentInWords(session.updated_at, zone)}, version ${session.version}`],
        ]}
      />
    </Panel>
  );
}
