// Booking: a form on the left, and on the right, before anything is sent, whether it would work and what it would cost.
import { Button, Grid, Group, Kbd, Paper, Stack, Text } from "@mantine/core";
import { useHotkeys } from "@mantine/hooks";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { type Alternative, asProblem, http, mayBeDone, Unreachable } from "@/api";
import { useCoverage } from "@/features/billing/Insurance";
import { useService } from "@/features/services/names";
import { ClosedSite, useSite } from "@/features/site";
import { refreshAfter } from "@/live";
import { dayOf, now, timeOf, zoneInWords } from "@/time";
import { isDialogOpen, keepsFromSending, leadsToUnread, notify, Page, ProblemNotice } from "@/ui";
import classes from "./Book.module.css";
import {
  type BookingRequest,
  billedOf,
  bodyOf,
  isBegun,
  missing,
  noTimeIn,
  ruleOf,
  seriesInWords,
  startOf,
  type Unread,
} from "./bookingRequest";
import { Checked } from "./Checked";
import { chosenOf } from "./choices";
import { Form } from "./Form";
import { FreeRooms } from "./FreeRooms";
import { DATE_BOOKED, InPlace, sendSession, useBookedInstead } from "./InPlace";
import { Outcome } from "./Outcome";
import { isOverridable, OverrideReason } from "./OverrideReason";
import { Panel } from "./Panel";
import { Price } from "./Price";
import { SeriesOutcome, SeriesPreview, useForeseen } from "./Series";
import { Unanswered } from "./Unanswered";
import {
  AGAIN_AFTER_MS,
  findUnanswered,
  forgetUnanswered,
  isSentAgain,
  keepUnanswered,
  type Request,
} from "./unanswered";
import { forgetDraft, type Sent, useBookingRequest } from "./useBookingRequest";

const SERIES_PATIENCE = "wait=10";

export function Component() {
  const site = useSite();
  return site.is_active ? <Booking key={site.id} /> : <ClosedSite site={site} title="Book" />;
}

function Booking() {
  const site = useSite();
  const zone = site.time_zone;
  const { wanted: written, sessionId, seriesId, change: put, startOver, sent } = useBookingRequest(site.id, zone);
  const service = useService(written.serviceId);
  const coverage = useCoverage(billedOf(written, service?.billed_per), written.day);
  // Coverage that is unknown is billed as well: whoever has none then pays, and nobody pays what insurance owes.
  const wanted: BookingRequest = { ...written, insurance: written.insurance ?? Boolean(coverage) };
  // Whether insurance is billed must not depend on who is quicker, billing or the one who books.
  const awaitsCoverage = written.clientId !== null && written.insurance === null && coverage === undefined;
  const [request, setRequest] = useState<Request | null>(() => findUnanswered(site.id, written));
  const [error, setError] = useState<unknown>(request && new Unreachable());
  const [busy, setBusy] = useState(false);
  /** From a refusal that a reason overrides until the next booking. */
  const [requiresReason, setRequiresReason] = useState(false);
  // Another booking that came by a link is not the one that was sent.
  const unanswered = request?.wanted === written && mayBeDone(error) ? request : null;
  const sentAgain = unanswered !== null && isSentAgain(unanswered, Date.now());
  /** Of the address with which the page was opened. */
  const [noTime] = useState(() => noTimeIn(new URLSearchParams(window.location.search)));
  const form = useRef<HTMLFormElement>(null);
  /** What had the focus when it was sent. */
  const focused = useRef<HTMLElement | null>(null);
  const queries = useQueryClient();
  /** Whether the page is still there when the answer arrives. */
  const here = useRef(true);
  useEffect(() => {
    here.current = true;
    return () => {
      here.current = false;
    };
  }, []);

  const [unread, setUnread] = useState<readonly Unread[]>([]);
  const instead = useBookedInstead(wanted);
  const body = bodyOf(wanted, site.id, zone, unread);
  const lacks = missing(wanted, zone, service?.min_clients, unread);
  const { preview, current: foreseen } = useForeseen(
    sessionId || seriesId ? null : body,
    wanted.repeats,
    busy || unanswered !== null,
  );
  const { choices } = wanted;
  const chosen = chosenOf(foreseen?.occurrences ?? [], choices);
  const { placed, left, gone } = chosen;
  const series = wanted.repeats && seriesInWords(wanted.repeats, foreseen, { placed: placed.length, left, gone });
  /** What was chosen is sent only with the dates that were seen for it. */
  const awaitsChoices = wanted.repeats !== null && (gone > 0 || (!foreseen && Object.values(choices).some(Boolean)));
  const bookable = foreseen?.occurrences.filter(({ problems }) => problems.length === 0) ?? [];
  const booked = [...bookable, ...placed].map(({ starts_at }) => dayOf(starts_at, zone));

  function change(changes: Partial<BookingRequest>): void {
    put(changes);
    setError(null);
  }

  function take(alternative: Alternative): void {
    const where = alternative.room_id === wanted.roomId || wanted.roomId ? { roomId: alternative.room_id } : {};
    const who = alternative.therapist_id ? { therapistId: alternative.therapist_id } : {};
    change({ day: dayOf(alternative.starts_at, zone), time: timeOf(alternative.starts_at, zone), ...where, ...who });
    // What was pressed is gone then.
    form.current?.querySelector<HTMLButtonElement>("button[type=submit]")?.focus();
  }

  async function send(): Promise<void> {
    if (busy || sessionId || seriesId || leadsToUnread(form.current)) {
      return;
    }
    if (unanswered) {
      await post(unanswered);
    } else if (body && !awaitsCoverage && !awaitsChoices && !instead && lacks.length === 0) {
      setError(null);
      await post({ wanted: written, body, repeats: wanted.repeats, choices: chosen.sent, since: Date.now() });
    }
  }

  async function post(booking: Request): Promise<void> {
    setBusy(true);
    setRequest(booking);
    keepUnanswered(site.id, booking);
    focused.current = document.activeElement instanceof HTMLElement ? document.activeElement : null;
    try {
      if (booking.repeats) {
        const { repeats, choices: own } = booking;
        const recurs = { recurrence: { rrule: ruleOf(repeats) }, mode: repeats.mode };
        const series = { ...booking.body, ...recurs, ...(own.length > 0 ? { choices: [...own] } : {}) };
        const params = { header: { prefer: SERIES_PATIENCE } };
        const { data } = await http.POST("/api/scheduling/series", { params, body: series });
        answered({ seriesId: data?.id ?? null });
      } else {
        // Not waited for here: the page shows each step as it happens.
        const session = await sendSession(booking.wanted, booking.body);
        answered({ sessionId: session?.id ?? null });
      }
      setError(null);
      await refreshAfter(queries, "scheduling.session_requested.v1");
    } catch (refused) {
      if (!mayBeDone(refused)) {
        forgetUnanswered(site.id);
      }
      if (asProblem(refused).code === DATE_BOOKED) {
        void refreshAfter(queries, "scheduling.session_requested.v1");
      }
      setError(refused);
      setRequiresReason((before) => before || isOverridable(refused));
    } finally {
      setBusy(false);
    }
  }

  function answered(what: Partial<Sent>): void {
    forgetUnanswered(site.id);
    if (here.current) {
      sent(what);
    } else {
      forgetDraft(site.id);
      notify.done("The booking that you sent has arrived: find it in the calendar.");
    }
  }

  // While it is answered everything is disabled, and the browser takes the focus away; after a refusal it is where it was.
  useEffect(() => {
    if (!busy && document.activeElement === document.body) {
      focused.current?.focus({ preventScroll: true });
    }
  }, [busy]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: each failure is another error, and is followed by one attempt
  useEffect(() => {
    if (sentAgain) {
      const timer = setTimeout(() => void send(), AGAIN_AFTER_MS);
      return () => clearTimeout(timer);
    }
    return;
  }, [error, sentAgain]);

  function again(kept: Partial<BookingRequest>): void {
    setRequiresReason(false);
    startOver({ day: wanted.day, ...kept });
  }

  useHotkeys([["mod+Enter", () => !isDialogOpen() && void send()]], []);

  const about = `At ${site.site_name}, on its clock: ${zoneInWords(zone, startOf(wanted, zone) ?? now())}`;
  if (sessionId || seriesId) {
    return (
      <Page title="Book" about={about}>
        {sessionId && <Outcome sessionId={sessionId} zone={zone} onAgain={again} wanted={written} />}
        {seriesId && <SeriesOutcome seriesId={seriesId} zone={zone} onAgain={again} wanted={written} />}
      </Page>
    );
  }
  return (
    <Page title="Book" wide about={about}>
      {/* What was sent is not changed any more; while it is answered, nothing here can be clicked. */}
      {unanswered && (
        <Unanswered
          error={error}
          sentAgain={sentAgain}
          busy={busy}
          onAgain={() => void send()}
          onChange={() => {
            forgetUnanswered(site.id);
            setError(null);
          }}
        />
      )}
      <fieldset className={classes.whole} disabled={busy || unanswered !== null} aria-busy={busy}>
        <Grid gap="lg">
          <Grid.Col span={{ base: 12, md: 6, lg: 4 }}>
            <Paper withBorder p="md">
              <form
                ref={form}
                noValidate
                aria-label="Booking"
                // Enter completes what a field has; a session is booked by the button and by Ctrl Enter, once its check was seen.
                onKeyDown={(event) => {
                  const { target, currentTarget } = event;
                  if (target instanceof HTMLInputElement && target.form === currentTarget) {
                    keepsFromSending(event);
                  }
                }}
                onSubmit={(event) => {
                  event.preventDefault();
                  // The form in which a client is added is another one, although React lets it bubble up to here.
                  if (event.target === event.currentTarget) {
                    void send();
                  }
                }}
              >
                <Stack>
                  {wanted.besideSeries && (
                    <InPlace
                      seriesId={wanted.besideSeries}
                      inPlaceOf={wanted.inPlaceOf}
                      instead={instead}
                      zone={zone}
                    />
                  )}
                  <Form
                    wanted={wanted}
                    onChange={change}
                    onUnread={(field, isUnread) => {
                      setUnread((before) => [...before.filter((one) => one !== field), ...(isUnread ? [field] : [])]);
                    }}
                    unread={unread}
                    site={site}
                    coverage={coverage}
                    service={service}
                    noTime={noTime}
                    requiresReason={requiresReason}
                  />
                  {error && !unanswered ? <ProblemNotice error={error} /> : null}
                  {requiresReason && (
                    <OverrideReason
                      wanted={wanted}
                      onChange={change}
                      description="The clinic's own rules can be overridden: enter a reason, then book again. The reason is logged."
                      refusal={!busy && isOverridable(error) && error}
                    />
                  )}
                  <Group justify="space-between">
                    <Text size="sm" c="dimmed" flex={1}>
                      {lacks.length > 0
                        ? `Missing: ${lacks.join(", ")}`
                        : awaitsCoverage
                          ? "Waiting for what covers the client …"
                          : (series?.refusal ?? <Shortcut />)}
                    </Text>
                    {isBegun(written) && (
                      <Button variant="subtle" onClick={() => again({ day: written.day })}>
                        Start over
                      </Button>
                    )}
                    <Button
                      type="submit"
                      size="md"
                      loading={busy}
                      disabled={!body || awaitsCoverage || awaitsChoices || Boolean(instead) || lacks.length > 0}
                    >
                      {unread.includes("sessions") ? "Book sessions" : (series?.button ?? "Book the session")}
                    </Button>
                  </Group>
                </Stack>
              </form>
            </Paper>
          </Grid.Col>
          <Grid.Col span={{ base: 12, md: 6, lg: 8 }}>
            <Grid gap="lg">
              <Grid.Col span={{ base: 12, lg: 7 }}>
                {unanswered || (busy && wanted.repeats) ? (
                  <Panel title={wanted.repeats ? "Series preview" : "Availability"}>
                    <Text size="sm" c="dimmed">
                      Not checked until the booking that was sent is answered:{" "}
                      {wanted.repeats
                        ? "its own sessions may have taken these times."
                        : "it may have taken this time itself."}
                    </Text>
                  </Panel>
                ) : wanted.repeats && body ? (
                  <SeriesPreview
                    preview={preview}
                    repeats={wanted.repeats}
                    choices={choices}
                    onChoose={(occurrence, choice) => change({ choices: { ...choices, [occurrence]: choice } })}
                    zone={zone}
                  />
                ) : (
                  <Checked body={body} wanted={wanted} zone={zone} onTake={take} isSent={busy} />
                )}
              </Grid.Col>
              <Grid.Col span={{ base: 12, lg: 5 }}>
                <Stack gap="lg">
                  <Price
                    wanted={wanted}
                    days={unread.length > 0 ? [] : booked.length > 0 ? booked : [wanted.day]}
                    awaitsCoverage={awaitsCoverage}
                  />
                  {!wanted.repeats && !unanswered && unread.length === 0 && (
                    <FreeRooms wanted={wanted} site={site} onChange={change} />
                  )}
                </Stack>
              </Grid.Col>
            </Grid>
          </Grid.Col>
        </Grid>
      </fieldset>
    </Page>
  );
}

function Shortcut() {
  return (
    <>
      <Kbd>Ctrl</Kbd> <Kbd>Enter</Kbd> books
    </>
  );
}
