import { MultiSelect, SimpleGrid, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { api, asProblem, type Therapist } from "@/api";
import { ZoneSelect } from "@/features/people/ZoneSelect";
import { siteInWords, useSites } from "@/features/site";
import { refreshAfter } from "@/live";
import { FormDrawer, fieldErrors, notify, useEditing, WhatChanged } from "@/ui";
import { sitesInWords } from "./sites";

interface Values {
  full_name: string;
  credential: string;
  npi: string;
  time_zone: string;
  site_ids: string[];
}

const NAMES: Readonly<Record<keyof Values, string>> = {
  full_name: "Name",
  credential: "Credential",
  npi: "NPI",
  time_zone: "Time zone",
  site_ids: "Works at",
};
const FIELDS = Object.keys(NAMES);

interface TherapistFormProps {
  /** Who is changed; nobody when somebody is added. */
  readonly therapist?: Therapist;
  readonly onClose: () => void;
  readonly onDone: (therapist: Therapist) => void;
}

/** Adds a therapist, or changes one; what somebody else changed meanwhile is shown before anything is overwritten. */
export function TherapistForm({ therapist, onClose, onDone }: TherapistFormProps) {
  const { site, allSites } = useSites();
  const queries = useQueryClient();
  const editing = useEditing({
    version: therapist?.version ?? 0,
    values: {
      full_name: therapist?.full_name ?? "",
      credential: therapist?.credential ?? "",
      npi: therapist?.npi ?? "",
      time_zone: therapist?.time_zone ?? site?.time_zone ?? "UTC",
      site_ids: therapist?.site_ids ?? [],
    },
  });
  const options = {
    onSuccess: (saved: Therapist) => {
      notify.done(therapist ? `${saved.full_name} is saved.` : `${saved.full_name} is added.`);
      onDone(saved);
    },
    onSettled: () => void refreshAfter(queries, "scheduling.therapist_changed.v1"),
  };
  const add = api.useMutation("post", "/api/scheduling/therapists", options);
  const change = api.useMutation("patch", "/api/scheduling/therapists/{therapist_id}", options);
  const error = add.error ?? change.error;
  const isStale = error !== null && asProblem(error).code === "stale-version";
  const errors = fieldErrors(isStale ? null : error, FIELDS);
  const { values, set } = editing;

  function save(): void {
    if (therapist) {
      const { credential, npi, ...rest } = editing.changes;
      change.mutate({
        params: { path: { therapist_id: therapist.id }, header: { "if-match": `"${editing.version}"` } },
        body: {
          ...rest,
          ...(credential === undefined ? {} : { credential: credential || null }),
          ...(npi === undefined ? {} : { npi: npi || null }),
        },
      });
    } else {
      const body = { ...values, credential: values.credential || null, npi: values.npi || null };
      add.mutate({ body });
    }
  }

  return (
    <FormDrawer
      title={therapist ? `Edit ${therapist.full_name}` : "Add a therapist"}
      submitLabel="Save"
      onClose={onClose}
      onSubmit={save}
      busy={add.isPending || change.isPending}
      disabled={!editing.isChanged}
      dirty={editing.isChanged}
      errors={errors}
    >
      <WhatChanged
        editing={editing}
        names={NAMES}
        words={(field, value) =>
          field === "site_ids" ? sitesInWords(value as string[], allSites) : String(value) || "nothing"
        }
      />
      <TextInput
        label={NAMES.full_name}
        withAsterisk
        data-autofocus
        autoComplete="off"
        value={values.full_name}
        onChange={(event) => set("full_name", event.currentTarget.value)}
        error={errors.at("full_name")}
      />
      <SimpleGrid cols={{ base: 1, xs: 2 }}>
        <TextInput
          label={NAMES.credential}
          description="Such as LCSW or PhD; may determine the payer's fee."
          autoComplete="off"
          value={values.credential}
          onChange={(event) => set("credential", event.currentTarget.value)}
          error={errors.at("credential")}
        />
        <TextInput
          label={NAMES.npi}
          description="National Provider Identifier, ten digits."
          inputMode="numeric"
          autoComplete="off"
          value={values.npi}
          onChange={(event) => set("npi", event.currentTarget.value)}
          error={errors.at("npi")}
        />
      </SimpleGrid>
      <MultiSelect
        label={NAMES.site_ids}
        description="No selection means every site."
        data={allSites
          .filter(({ id, is_active }) => is_active || values.site_ids.includes(id))
          .map((one) => ({ value: one.id, label: siteInWords(one) }))}
        value={values.site_ids}
        onChange={(ids) => set("site_ids", ids)}
        searchable
        selectFirstOptionOnChange
        error={errors.at("site_ids")}
      />
      <ZoneSelect
        value={values.time_zone}
        onChange={(zone) => set("time_zone", zone ?? values.time_zone)}
        error={errors.at("time_zone")}
      />
    </FormDrawer>
  );
}
