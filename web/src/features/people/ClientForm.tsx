// A client, added without leaving the page; what the service refuses is shown at its field.
import { TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, type Client } from "@/api";
import { useSites } from "@/features/site";
import { refreshAfter } from "@/live";
import { FormDrawer, fieldErrors, notify, useMissing } from "@/ui";
import { againstEmail, againstPhone, typedEmail, typedPhone } from "./contact";
import { ZoneSelect } from "./ZoneSelect";

const FIELDS = ["full_name", "email", "phone", "time_zone"];

interface ClientFormProps {
  /** What was typed already. */
  readonly name?: string;
  readonly onClose: () => void;
  readonly onDone: (client: Client) => void;
}

export function ClientForm({ name = "", onClose, onDone }: ClientFormProps) {
  const { site } = useSites();
  const queries = useQueryClient();
  const [begun] = useState({ full_name: name, email: "", phone: "", time_zone: site?.time_zone ?? "UTC" });
  const [values, setValues] = useState(begun);
  // A contact is looked at once its field is left.
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const add = api.useMutation("post", "/api/scheduling/clients", {
    onSuccess: async (client) => {
      await refreshAfter(queries, "scheduling.client_changed.v1");
      notify.done(`${client.full_name} is added.`);
      onDone(client);
    },
  });
  const against = { email: againstEmail(values.email), phone: againstPhone(values.phone) };
  const { errors, send } = useMissing(
    fieldErrors(add.error, FIELDS),
    {
      full_name: !values.full_name.trim() && "Enter a name.",
      email: against.email ?? false,
      phone: against.phone ?? false,
    },
    () =>
      add.mutate({
        body: {
          ...values,
          full_name: values.full_name.trim(),
          email: typedEmail(values.email) || null,
          phone: typedPhone(values.phone) || null,
        },
      }),
  );
  const set = (changes: Partial<typeof values>) => setValues((before) => ({ ...before, ...changes }));

  /** A field whose text loses what a link or a letter has in front of it. */
  const contact = (name: "email" | "phone", tidied: (text: string) => string) => ({
    autoComplete: "off",
    value: values[name],
    onChange: (event: React.ChangeEvent<HTMLInputElement>) => set({ [name]: event.currentTarget.value }),
    onBlur: () => {
      set({ [name]: tidied(values[name]) });
      setLeft((before) => new Set(before).add(name));
    },
    error: errors.at(name) ?? (left.has(name) && against[name]),
  });

  return (
    <FormDrawer
      title="Add a client"
      submitLabel="Save"
      onClose={onClose}
      onSubmit={send}
      busy={add.isPending}
      dirty={JSON.stringify(values) !== JSON.stringify(begun)}
      errors={errors}
    >
      <TextInput
        label="Name"
        withAsterisk
        data-autofocus
        autoComplete="off"
        value={values.full_name}
        onChange={(event) => set({ full_name: event.currentTarget.value })}
        error={errors.at("full_name")}
      />
      <TextInput label="E-mail" inputMode="email" {...contact("email", typedEmail)} />
      <TextInput label="Phone" type="tel" {...contact("phone", typedPhone)} />
      <ZoneSelect
        value={values.time_zone}
        onChange={(zone) => zone && set({ time_zone: zone })}
        error={errors.at("time_zone")}
      />
    </FormDrawer>
  );
}
