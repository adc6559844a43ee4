import { useQueryClient } from "@tanstack/react-query";
import { api, asProblem, type Site } from "@/api";
import { refreshAfter } from "@/live";
import { FormDrawer, fieldErrors, notify, useEditing, WhatChanged } from "@/ui";
import { AffectedSessions } from "../AffectedSessions";
import { affectedBy } from "../refusals";
import { FIELDS, NAMES, type SiteFacts, SiteFields } from "./SiteFields";

const WARNING =
  "In the new time zone the site is closed at their times. Move them first, or save anyway: they stay booked and are listed as needing another time.";

/** Changes name, clock and address of a site. */
export function EditSite({ site, onClose }: { site: Site; onClose: () => void }) {
  const { site_name, time_zone, address } = site;
  const editing = useEditing<SiteFacts>({ version: site.version, values: { site_name, time_zone, address } });
  const queries = useQueryClient();
  const save = api.useMutation("patch", "/api/rooms/sites/{site_id}", {
    onSuccess: (saved) => {
      notify.done(`${saved.site_name} is saved.`);
      onClose();
    },
    onSettled: () => void refreshAfter(queries, "rooms.site_changed.v1"),
  });
  const affected = affectedBy(save.error);
  const isStale = save.error !== null && asProblem(save.error).code === "stale-version";
  const errors = fieldErrors(affected || isStale ? null : save.error, FIELDS);
  const send = (force: boolean) =>
    save.mutate({
      params: {
        path: { site_id: site.id },
        query: force ? { force } : {},
        header: { "if-match": `"${editing.version}"` },
      },
      body: editing.changes,
    });
  const set: typeof editing.set = (field, value) => {
    save.reset();
    editing.set(field, value);
  };
  return (
    <FormDrawer
      title={`Edit ${site.site_name}`}
      onClose={onClose}
      submitLabel={affected ? null : "Save"}
      onSubmit={() => send(false)}
      busy={save.isPending}
      disabled={!editing.isChanged}
      dirty={editing.isChanged}
      errors={errors}
    >
      <WhatChanged editing={editing} names={NAMES} words={(_, value) => String(value) || "nothing"} />
      <SiteFields facts={editing.values} set={set} errors={errors} />
      {affected && (
        <AffectedSessions
          affected={affected}
          zone={site.time_zone}
          warning={WARNING}
          force="Save anyway"
          onForce={() => send(true)}
          busy={save.isPending}
        />
      )}
    </FormDrawer>
  );
}
