import { Text } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useNavigate } from "react-router";
import { api } from "@/api";
import { refreshAfter } from "@/live";
import { FormDrawer, fieldErrors, notify } from "@/ui";
import { FIELDS, type SiteFacts, SiteFields } from "./SiteFields";

const WORKDAYS = ["mon", "tue", "wed", "thu", "fri"] as const;
const USUAL: [string, string] = ["08:00", "18:00"];
const NEW: SiteFacts = { site_name: "", time_zone: "", address: "" };

/** A new site, open on workdays until somebody changes that. */
export function AddSite({ onClose }: { onClose: () => void }) {
  const [facts, setFacts] = useState(NEW);
  const queries = useQueryClient();
  const navigate = useNavigate();
  const add = api.useMutation("post", "/api/rooms/sites", {
    onSuccess: async (site) => {
      await refreshAfter(queries, "rooms.site_changed.v1");
      notify.done(`${site.site_name} is added. Set its hours and add its rooms next.`, {
        name: "Set its hours",
        onClick: () => void navigate(`/rooms/hours?site=${site.id}`),
      });
      onClose();
    },
  });
  const errors = fieldErrors(add.error, FIELDS);
  const body = { ...facts, opening_hours: Object.fromEntries(WORKDAYS.map((day) => [day, [USUAL]])) };
  return (
    <FormDrawer
      title="Add a site"
      onClose={onClose}
      submitLabel="Save"
      onSubmit={() => add.mutate({ body })}
      busy={add.isPending}
      dirty={facts !== NEW}
      errors={errors}
    >
      <SiteFields
        facts={facts}
        set={(field, value) => setFacts((before) => ({ ...before, [field]: value }))}
        errors={errors}
      />
      <Text size="sm" c="dimmed">
        It begins open from {USUAL[0]} to {USUAL[1]} on workdays; change that on its page of opening hours.
      </Text>
    </FormDrawer>
  );
}
