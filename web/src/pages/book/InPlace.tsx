// A session in place of a date that a series could not have: it names that date, which one session has at a time.
import { Alert, Anchor } from "@mantine/core";
import { Link } from "react-router";
import { api, http, type NewSession, type Session } from "@/api";
import { momentInWords } from "@/time";
import { useAt } from "@/ui";
import type { BookingRequest } from "./bookingRequest";

/** Refused, because another session has the place of the date. */
export const DATE_BOOKED = "date-booked";

/** The session that has the place of the date already; null where none has, or it is not known yet. */
export function useBookedInstead({ besideSeries, inPlaceOf, repeats }: BookingRequest): Session | null {
  const isAbout = besideSeries !== null && inPlaceOf !== null && repeats === null;
  const series = api.useQuery(
    "get",
    "/api/scheduling/series/{series_id}",
    { params: { path: { series_id: besideSeries ?? "" } } },
    { enabled: isAbout },
  );
  const dates = isAbout ? (series.data?.problems ?? []) : [];
  return dates.find(({ starts_at }) => Date.parse(starts_at) === Date.parse(inPlaceOf ?? ""))?.booked_instead ?? null;
}

/** Send the booking of one session. */
export async function sendSession(
  { besideSeries, inPlaceOf }: BookingRequest,
  body: NewSession,
): Promise<Session | undefined> {
  if (besideSeries && inPlaceOf) {
    const params = { path: { series_id: besideSeries } };
    const inPlace = { ...body, occurrence: inPlaceOf };
    return (await http.POST("/api/scheduling/series/{series_id}/sessions", { params, body: inPlace })).data;
  }
  return (await http.POST("/api/scheduling/sessions", { body })).data;
}

interface InPlaceProps {
  readonly seriesId: string;
  readonly inPlaceOf: string | null;
  readonly instead: Session | null;
  readonly zone: string;
}

/** Says in whose place the session is, or which one has that place already. */
export function InPlace({ seriesId, inPlaceOf, instead, zone }: InPlaceProps) {
  const at = useAt();
  const series = (
    <Anchor component={Link} to={at(`/series/${seriesId}`)} size="sm" underline="always">
      the series
    </Anchor>
  );
  const date = inPlaceOf && momentInWords(inPlaceOf, zone);
  return instead ? (
    <Alert role="alert" color="yellow" p="xs">
      {date} of {series} is booked already:{" "}
      <Anchor component={Link} to={at(`/sessions/${instead.id}`)} size="sm" underline="always">
        {momentInWords(instead.starts_at, zone)}
      </Anchor>
      . Cancel that session before you book the date again.
    </Alert>
  ) : (
    <Alert color="gray" p="xs">
      This session is booked on its own{date && `, in place of ${date}`}: it does not become part of {series}, and
      changes of the series do not reach it.
    </Alert>
  );
}
