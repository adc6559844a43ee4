import { TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, type Site } from "@/api";
import { refreshAfter } from "@/live";
import { dayInWords, isDay, today } from "@/time";
import { DayField, FormDrawer, fieldErrors, notify, useMissing } from "@/ui";
import { AffectedSessions } from "../AffectedSessions";
import { affectedBy } from "../refusals";
import { SpansField } from "./SpansField";
import { type Span, wrongWith } from "./week";

const WARNING =
  "Move them first, or save anyway: they stay booked while the site is closed, and are listed as waiting for another time.";

/** A day that is closed or has other hours; what is booked outside of them is shown first. */
export function AddSpecialDay({ site, onClose }: { site: Site; onClose: () => void }) {
  const [day, setDay] = useState("");
  const [reason, setReason] = useState("");
  const [spans, setSpans] = useState<Span[]>([]);
  const queries = useQueryClient();
  const put = api.useMutation("put", "/api/rooms/sites/{site_id}/special-days/{day}", {
    onSuccess: () => {
      notify.done(`${dayInWords(day)} is saved.`);
      onClose();
    },
    onSettled: () => void refreshAfter(queries, "rooms.site_changed.v1"),
  });
  const affected = affectedBy(put.error);
  const save = (force: boolean) =>
    put.mutate({
      params: { path: { site_id: site.id, day }, query: force ? { force } : {} },
      body: { reason, spans },
    });
  const { errors, send } = useMissing(
    fieldErrors(affected ? null : put.error, ["reason", "spans"]),
    { day: !isDay(day) && "Enter a date.", spans: wrongWith(spans) ?? false },
    () => save(false),
  );
  return (
    <FormDrawer
      title="Add a special day"
      onClose={onClose}
      submitLabel={affected ? null : "Save"}
      onSubmit={send}
      busy={put.isPending}
      dirty={day !== "" || reason !== ""}
      errors={errors}
    >
      <DayField
        label="Day"
        value={day || null}
        minDate={today(site.time_zone)}
        onChange={(next) => {
          put.reset();
          setDay(next ?? "");
        }}
        error={errors.at("day")}
        required
      />
      <TextInput
        label="Reason"
        placeholder="Christmas Eve"
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
        error={errors.at("reason")}
        maxLength={200}
        required
      />
      <SpansField
        name="Hours"
        spans={spans}
        onChange={(next) => {
          put.reset();
          setSpans(next);
        }}
        error={wrongWith(spans) ?? errors.at("spans")}
      />
      {affected && (
        <AffectedSessions
          affected={affected}
          zone={site.time_zone}
          warning={WARNING}
          force="Save anyway"
          onForce={() => save(true)}
          busy={put.isPending}
        />
      )}
    </FormDrawer>
  );
}
