// A client's or a therapist's facts, added or changed; what the service refuses is said at its field.
import { TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useQueryClient } from "@tanstack/react-query";
import { type FocusEvent, useState } from "react";
import { api, type Client } from "@/api";
import { refreshAfter } from "@/live";
import { beside, FormDrawer, ListSelect, tell } from "@/parts";
import { useSites } from "@/site";
import { againstEmail, againstPhone, typedEmail, typedPhone } from "./contact";

const FIELDS = ["full_name", "email", "phone", "time_zone"];

interface ClientFormProps {
  readonly opened: boolean;
  /** Who is changed; nobody when somebody is added. */
  readonly client?: Client | null;
  /** What was typed already. */
  readonly name?: string;
  readonly onClose: () => void;
  readonly onDone: (client: Client) => void;
}

export function ClientForm({ opened, client = null, name = "", onClose, onDone }: ClientFormProps) {
  return opened ? <Fields client={client} name={name} onClose={onClose} onDone={onDone} /> : null;
}

function Fields({ client, name, onClose, onDone }: Required<Omit<ClientFormProps, "opened">>) {
  const { site } = useSites();
  const queries = useQueryClient();
  const add = api.useMutation("post", "/api/scheduling/clients");
  const change = api.useMutation("patch", "/api/scheduling/clients/{client_id}");
  const error = add.error ?? change.error;
  const form = useForm({
    initialValues: {
      full_name: client?.full_name ?? name,
      email: client?.email ?? "",
      phone: client?.phone ?? "",
      time_zone: client?.time_zone ?? site?.time_zone ?? "UTC",
    },
    validate: {
      full_name: (value) => (value.trim() ? null : "Enter a name"),
      email: againstEmail,
      phone: (value) => againstPhone(value),
    },
    validateInputOnBlur: ["email", "phone"],
  });
  const [sent, setSent] = useState(form.values);

  const told = beside(error, FIELDS);
  /** A field as the form and the last refusal have it; what is wrong with it is said here and nowhere else. */
  function field(name: keyof typeof form.values) {
    const input = form.getInputProps(name);
    const isAsSent = sent[name] === form.values[name];
    return { ...input, error: input.error ?? (isAsSent ? told.at(name) : undefined) };
  }

  /** A field whose text loses what a link or a letter has in front of it. */
  function tidied(name: "email" | "phone", tidy: (text: string) => string) {
    const input = field(name);
    return {
      ...input,
      onBlur: (event: FocusEvent<HTMLInputElement>) => {
        form.setFieldValue(name, tidy(form.values[name]));
        input.onBlur?.(event);
      },
    };
  }

  async function save(values: typeof form.values): Promise<void> {
    setSent(values);
    const body = {
      ...values,
      full_name: values.full_name.trim(),
      email: typedEmail(values.email) || null,
      phone: typedPhone(values.phone) || null,
    };
    const saved = client
      ? await change.mutateAsync({
          params: { path: { client_id: client.id }, header: { "if-match": `"${client.version}"` } },
          body,
        })
      : await add.mutateAsync({ body });
    await refreshAfter(queries, "scheduling.client_changed.v1");
    tell.done(client ? `${saved.full_name} is saved.` : `${saved.full_name} is added.`);
    onDone(saved);
  }

  return (
    <FormDrawer
      title={client ? `Edit ${client.full_name}` : "Add a client"}
      doIt="Save"
      onClose={onClose}
      onDo={form.onSubmit(
        (values) => void save(values).catch(() => undefined),
        (errors) => form.getInputNode(Object.keys(errors)[0] ?? "")?.focus(),
      )}
      busy={add.isPending || change.isPending}
      dirty={form.isDirty()}
      told={told}
    >
      <TextInput label="Name" withAsterisk data-autofocus autoComplete="off" {...field("full_name")} />
      <TextInput label="E-mail" type="email" autoComplete="off" {...tidied("email", typedEmail)} />
      <TextInput label="Phone" type="tel" autoComplete="off" {...tidied("phone", typedPhone)} />
      <ZoneSelect {...field("time_zone")} />
    </FormDrawer>
  );
}

const ZONES = Intl.supportedValuesOf("timeZone").map((zone) => ({ value: zone, label: zone }));

interface ZoneSelectProps {
  readonly value?: string;
  readonly onChange?: (value: string | null) => void;
  readonly error?: React.ReactNode;
}

/** The zone in which somebody lives. */
export function ZoneSelect({ value, onChange, ...props }: ZoneSelectProps) {
  return (
    <ListSelect
      label="Time zone"
      data={ZONES}
      limit={60}
      value={value ?? null}
      onChange={(zone) => onChange?.(zone)}
      {...props}
    />
  );
}
