// How long therapists travel between two sites; none removes it.
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, type Site } from "@/api";
import { FormDrawer, fieldErrors, ListSelect, MinutesField, notify, useMissing } from "@/ui";
import type { Journey } from "./rules";

const LONGEST_MINUTES = 240;
const USUAL_MINUTES = 30;

interface EditTravelProps {
  /** What is changed; null to add one. */
  readonly journey: Journey | null;
  readonly sites: readonly Site[];
  readonly onClose: () => void;
}

export function EditTravel({ journey, sites, onClose }: EditTravelProps) {
  const queries = useQueryClient();
  const [one, setOne] = useState<string | null>(journey?.site_ids[0] ?? null);
  const [other, setOther] = useState<string | null>(journey?.site_ids[1] ?? null);
  const [minutes, setMinutes] = useState<number | null>(journey?.minutes ?? USUAL_MINUTES);
  const put = api.useMutation("put", "/api/scheduling/travel-times", {
    onSuccess: ({ minutes: now }) => {
      notify.done(now ? "The travel time is saved." : "The travel time is removed.");
      onClose();
    },
    onSettled: () => void queries.invalidateQueries({ queryKey: ["get", "/api/scheduling/travel-times"] }),
  });
  const { errors, send } = useMissing(
    fieldErrors(put.error, ["site_ids", "minutes"]),
    {
      site_ids: !one && "Choose a site.",
      other: (!other || one === other) && "Choose another site.",
      minutes: minutes === null && "Enter how long it takes.",
    },
    () => {
      if (one && other && minutes !== null) {
        put.mutate({ body: { site_ids: [one, other], minutes } });
      }
    },
  );
  const data = sites.map(({ id, site_name }) => ({ value: id, label: site_name }));
  return (
    <FormDrawer
      title={journey ? "Edit a travel time" : "Add a travel time"}
      submitLabel="Save"
      onClose={onClose}
      busy={put.isPending}
      errors={errors}
      onSubmit={send}
    >
      <ListSelect
        label="Between"
        withAsterisk
        data-autofocus={journey === null || undefined}
        disabled={journey !== null}
        data={data}
        value={one}
        onChange={setOne}
        error={errors.at("site_ids")}
      />
      <ListSelect
        label="And"
        withAsterisk
        disabled={journey !== null}
        data={data.filter(({ value }) => value !== one)}
        value={other}
        onChange={setOther}
        error={errors.at("other")}
      />
      <MinutesField
        label="Minutes"
        data-autofocus={journey !== null || undefined}
        description="0 removes it."
        most={LONGEST_MINUTES}
        value={minutes}
        onChange={setMinutes}
        error={errors.at("minutes")}
      />
    </FormDrawer>
  );
}
