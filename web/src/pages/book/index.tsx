// Booking: a form on the left, and on the right, before anything is sent, whether it would work and what it would cost.
import { Alert, Anchor, Button, Grid, Group, Kbd, Paper, Stack, Text } from "@mantine/core";
import { useHotkeys } from "@mantine/hooks";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { Link } from "react-router";
import { type Alternative, asProblem, http, Unreachable } from "@/api";
import { refreshAfter } from "@/live";
import { isDialogOpen, leadsToUnread, Page, ProblemNotice, tell } from "@/parts";
import { useService } from "@/services/names";
import { useAt, useSite } from "@/site";
import { dayOf, now, timeOf, zoneInWords } from "@/time";
import classes from "./Book.module.css";
import { Checked } from "./Checked";
import { Form } from "./Form";
import { FreeRooms } from "./FreeRooms";
import { useCoverage } from "./Insurance";
import { Outcome } from "./Outcome";
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
  mayBeBooked,
  type Request,
} from "./unanswered";
import { forgetDraft, type Sent, useWish } from "./useWish";
import { bodyOf, isBegun, missing, noTimeIn, ruleOf, seriesInWords, startOf, type Wish } from "./wish";

const SERIES_PATIENCE = "wait=10";

export function Component() {
  const site = useSite();
  return <Desk key={site.id} />;
}

function Desk() {
  const site = useSite();
  const zone = site.time_zone;
  const { wish: written, sessionId, seriesId, change: put, startOver, sent } = useWish(site.id, zone);
  const coverage = useCoverage(written.clientId, written.day);
  const wish: Wish = { ...written, insurance: written.insurance ?? (coverage !== "unknown" && Boolean(coverage)) };
  // Whether insurance is billed must not depend on who is quicker, billing or the one who books.
  const asks = written.clientId !== null && written.insurance === null && coverage === undefined;
  const [request, setRequest] = useState<Request | null>(() => findUnanswered(site.id, written));
  const [error, setError] = useState<unknown>(request && new Unreachable());
  const [busy, setBusy] = useState(false);
  // Another booking that came by a link is not the one that was sent.
  const unanswered = request?.wish === written && mayBeBooked(error) ? request : null;
  const sentAgain = unanswered !== null && isSentAgain(unanswered, Date.now());
  /** Of the address with which the page was opened. */
  const [noTime] = useState(() => noTimeIn(new URLSearchParams(window.location.search)));
  const form = useRef<HTMLFormElement>(null);
  /** What had the focus when it was sent. */
  const focused = useRef<HTMLElement | null>(null);
  const queries = useQueryClient();
  const at = useAt();
  /** Whether the page is still there when the answer arrives. */
  const here = useRef(true);
  useEffect(() => {
    here.current = true;
    return () => {
      here.current = false;
    };
  }, []);

  const service = useService(wish.serviceId);
  const body = bodyOf(wish, site.id, zone);
  const lacks = missing(wish, zone, service?.min_clients);
  const { preview, current: foreseen } = useForeseen(
    sessionId || seriesId ? null : body,
    wish.repeats,
    busy || unanswered !== null,
  );
  const series = wish.repeats && seriesInWords(wish.repeats, foreseen);
  const bookable = foreseen?.occurrences.filter(({ problems }) => problems.length === 0) ?? [];

  function change(changes: Partial<Wish>): void {
    put(changes);
    setError(null);
  }

  function take(alternative: Alternative): void {
    const where = alternative.room_id === wish.roomId || wish.roomId ? { roomId: alternative.room_id } : {};
    const who = alternative.therapist_id ? { therapistId: alternative.therapist_id } : {};
    change({ day: dayOf(alternative.starts_at, zone), time: timeOf(alternative.starts_at, zone), ...where, ...who });
  }

  async function send(): Promise<void> {
    if (busy || sessionId || seriesId || leadsToUnread(form.current)) {
      return;
    }
    if (unanswered) {
      await post(unanswered);
    } else if (body && !asks && lacks.length === 0) {
      setError(null);
      await post({ wish: written, body, repeats: wish.repeats, since: Date.now() });
    }
  }

  async function post(asked: Request): Promise<void> {
    setBusy(true);
    setRequest(asked);
    keepUnanswered(site.id, asked);
    focused.current = document.activeElement instanceof HTMLElement ? document.activeElement : null;
    try {
      if (asked.repeats) {
        const series = { ...asked.body, recurrence: { rrule: ruleOf(asked.repeats) }, mode: asked.repeats.mode };
        const params = { header: { prefer: SERIES_PATIENCE } };
        const { data } = await http.POST("/api/scheduling/series", { params, body: series });
        answered({ seriesId: data?.id ?? null });
      } else {
        // Not waited for here: the page shows each step as it happens.
        const { data } = await http.POST("/api/scheduling/sessions", { body: asked.body });
        answered({ sessionId: data?.id ?? null });
      }
      setError(null);
      await refreshAfter(queries, "scheduling.session_requested.v1");
    } catch (refused) {
      if (!mayBeBooked(refused)) {
        forgetUnanswered(site.id);
      }
      setError(refused);
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
      tell.done("The booking that you sent has arrived: find it in the calendar.");
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

  function again(kept: Partial<Wish>): void {
    startOver({ day: wish.day, ...kept });
  }

  useHotkeys([["mod+Enter", () => !isDialogOpen() && void send()]], []);

  const about = `At ${site.site_name}, on its clock: ${zoneInWords(zone, startOf(wish, zone) ?? now())}`;
  if (sessionId || seriesId) {
    return (
      <Page title="Book" about={about}>
        {sessionId && <Outcome sessionId={sessionId} zone={zone} onAgain={again} wish={wish} />}
        {seriesId && <SeriesOutcome seriesId={seriesId} zone={zone} onAgain={again} wish={wish} />}
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
                onSubmit={(event) => {
                  event.preventDefault();
                  // The form in which a client is added is another one, although React lets it bubble up to here.
                  if (event.target === event.currentTarget) {
                    void send();
                  }
                }}
              >
                <Stack>
                  {wish.besideSeries && (
                    <Alert color="gray" p="xs">
                      This session is booked on its own: it does not become part of{" "}
                      <Anchor component={Link} to={at(`/series/${wish.besideSeries}`)} size="sm" underline="always">
                        the series
                      </Anchor>
                      , and changes of the series do not reach it.
                    </Alert>
                  )}
                  <Form
                    wish={wish}
                    onChange={change}
                    site={site}
                    coverage={coverage}
                    service={service}
                    noTime={noTime}
                  />
                  {error && !unanswered ? <ProblemNotice error={error} /> : null}
                  {error && asProblem(error).more.overridable === true ? (
                    <Text size="sm">
                      These are the clinic's own rules. Enter a reason to override them above, then book again.
                    </Text>
                  ) : null}
                  <Group justify="space-between">
                    <Text size="sm" c="dimmed" flex={1}>
                      {lacks.length ? `Missing: ${lacks.join(", ")}` : (series?.refusal ?? <Shortcut />)}
                    </Text>
                    {isBegun(written) && (
                      <Button variant="subtle" onClick={() => again({ day: written.day })}>
                        Start over
                      </Button>
                    )}
                    <Button type="submit" size="md" loading={busy} disabled={!body || asks || lacks.length > 0}>
                      {series?.button ?? "Book the session"}
                    </Button>
                  </Group>
                </Stack>
              </form>
            </Paper>
          </Grid.Col>
          <Grid.Col span={{ base: 12, md: 6, lg: 8 }}>
            <Grid gap="lg">
              <Grid.Col span={{ base: 12, lg: 7 }}>
                {unanswered || (busy && wish.repeats) ? (
                  <Panel title={wish.repeats ? "Series preview" : "Availability"}>
                    <Text size="sm" c="dimmed">
                      Not checked until the booking that was sent is answered:{" "}
                      {wish.repeats
                        ? "its own sessions may have taken these times."
                        : "it may have taken this time itself."}
                    </Text>
                  </Panel>
                ) : wish.repeats && body ? (
                  <SeriesPreview preview={preview} repeats={wish.repeats} zone={zone} />
                ) : (
                  <Checked body={body} wish={wish} zone={zone} onTake={take} isSent={busy} />
                )}
              </Grid.Col>
              <Grid.Col span={{ base: 12, lg: 5 }}>
                <Stack gap="lg">
                  <Price
                    wish={wish}
                    days={bookable.length > 0 ? bookable.map(({ starts_at }) => dayOf(starts_at, zone)) : [wish.day]}
                  />
                  {!wish.repeats && !unanswered && <FreeRooms wish={wish} site={site} onChange={change} />}
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
