import { TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { api, asProblem, type Client } from "@/api";
import { againstEmail, againstPhone, typedEmail, typedPhone } from "@/features/people/contact";
import { ZoneSelect } from "@/features/people/ZoneSelect";
import { refreshAfter } from "@/live";
import { FormDrawer, fieldErrors, notify, useEditing, useMissing, WhatChanged } from "@/ui";

const NAMES = { full_name: "Name", email: "E-mail", phone: "Phone", time_zone: "Time zone" } as const;
const FIELDS = Object.keys(NAMES);

/** Changes a client; what somebody else changed meanwhile is shown before anything is overwritten. */
export function EditClient({ client, onClose }: { client: Client; onClose: () => void }) {
  const queries = useQueryClient();
  const editing = useEditing({
    version: client.version,
    values: {
      full_name: client.full_name,
      email: client.email ?? "",
      phone: client.phone ?? "",
      time_zone: client.time_zone,
    },
  });
  const { values, set, changes } = editing;
  const save = api.useMutation("patch", "/api/scheduling/clients/{client_id}", {
    onSuccess: ({ full_name }) => {
      notify.done(`${full_name} is saved.`);
      onClose();
    },
    onSettled: () => void refreshAfter(queries, "scheduling.client_changed.v1"),
  });
  const isStale = save.error !== null && asProblem(save.error).code === "stale-version";
  const { email, phone, ...rest } = changes;
  const { errors, send } = useMissing(
    fieldErrors(isStale ? null : save.error, FIELDS),
    {
      // What is on file already is not refused here.
      email: (email !== undefined && againstEmail(email)) || false,
      phone: (phone !== undefined && againstPhone(phone)) || false,
    },
    () =>
      save.mutate({
        params: {
          path: { client_id: client.id },
          header: { "if-match": `"${editing.version}"` },
        },
        body: {
          ...rest,
          ...(email === undefined ? {} : { email: typedEmail(email) || null }),
          ...(phone === undefined ? {} : { phone: typedPhone(phone) || null }),
        },
      }),
  );

  return (
    <FormDrawer
      title={`Edit ${client.full_name}`}
      submitLabel="Save"
      onClose={onClose}
      busy={save.isPending}
      disabled={!editing.isChanged}
      dirty={editing.isChanged}
      errors={errors}
      onSubmit={send}
    >
      <WhatChanged editing={editing} names={NAMES} words={(_, value) => String(value) || "nothing"} />
      <TextInput
        label={NAMES.full_name}
        withAsterisk
        data-autofocus
        autoComplete="off"
        value={values.full_name}
        onChange={(event) => set("full_name", event.currentTarget.value)}
        error={errors.at("full_name")}
      />
      <TextInput
        label={NAMES.phone}
        type="tel"
        autoComplete="off"
        value={values.phone}
        onChange={(event) => set("phone", event.currentTarget.value)}
        onBlur={() => set("phone", typedPhone(values.phone))}
        error={errors.at("phone")}
      />
      <TextInput
        label={NAMES.email}
        inputMode="email"
        autoComplete="off"
        value={values.email}
        onChange={(event) => set("email", event.currentTarget.value)}
        onBlur={() => set("email", typedEmail(values.email))}
        error={errors.at("email")}
      />
      <ZoneSelect
        value={values.time_zone}
        onChange={(zone) => set("time_zone", zone ?? values.time_zone)}
        error={errors.at("time_zone")}
      />
    </FormDrawer>
  );
}
