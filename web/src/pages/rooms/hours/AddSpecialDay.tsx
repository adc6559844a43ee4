import { TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, type Site } from "@/api";
import { refreshAfter } from "@/live";
import { beside, DayField, FormDrawer, tell } from "@/parts";
import { dayInWords, isDay, today } from "@/time";
import { InTheWay } from "../InTheWay";
import { inTheWay } from "../refusals";
import { SpansField } from "./SpansField";
import { type Span, wrongWith } from "./week";

const WARNING =
  "Move them first, or save anyway: they stay booked while the site is closed, and are listed as waiting for another time.";

/** A day that is closed or has other hours; what is booked outside of them is shown first. */
export function AddSpecialDay({ site, onClose }: { site: Site; onClose: () => void }) {
  const [day, setDay] = useState("");
  const [reason, setReason] = useState("");
  const [spans, setSpans] = useState<Span[]>([]);
  const [isAsked, setAsked] = useState(false);
  const queries = useQueryClient();
  const put = api.useMutation("put", "/api/rooms/sites/{site_id}/special-days/{day}", {
    onSuccess: () => {
      tell.done(`${dayInWords(day)} is saved.`);
      onClose();
    },
    onSettled: () => void refreshAfter(queries, "rooms.site_changed.v1"),
  });
  const sessions = inTheWay(put.error);
  const told = beside(sessions ? null : put.error, ["reason", "spans"]);
  const send = (force: boolean) => {
    setAsked(true);
    if (isDay(day) && !wrongWith(spans)) {
      put.mutate({
        params: { path: { site_id: site.id, day }, query: force ? { force } : {} },
        body: { reason, spans },
      });
    }
  };
  return (
    <FormDrawer
      title="Add a special day"
      onClose={onClose}
      doIt="Save"
      onDo={() => send(false)}
      busy={put.isPending}
      dirty={day !== "" || reason !== ""}
      told={told}
    >
      <DayField
        label="Day"
        value={day || null}
        minDate={today(site.time_zone)}
        onChange={(next) => {
          put.reset();
          setDay(next ?? "");
        }}
        error={isAsked && !isDay(day) ? "Enter a date." : undefined}
        required
      />
      <TextInput
        label="Reason"
        placeholder="Christmas Eve"
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
        error={told.at("reason")}
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
        error={wrongWith(spans) ?? told.at("spans")}
      />
      {sessions && (
        <InTheWay
          sessions={sessions}
          zone={site.time_zone}
          warning={WARNING}
          force="Save anyway"
          onForce={() => send(true)}
          busy={put.isPending}
        />
      )}
    </FormDrawer>
  );
}
