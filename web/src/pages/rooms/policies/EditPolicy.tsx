// The rules of one scope, written whole; a service's own rules can be removed, so that the default counts again.
import { Button } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { http } from "@/api";
import { ServiceSelect } from "@/features/services/ServiceSelect";
import { FormDrawer, fieldErrors, MinutesField, NumberField, notify, useMissing } from "@/ui";
import { FIELDS, type Policy, type RuleName, type Rules } from "./rules";

const BOOKABLE = { bookable: true } as const;
const DONE = {
  save: "The rules are saved; what is booked stays booked.",
  remove: "The rules are removed; the default counts for the service.",
} as const;

type Values = Readonly<Record<RuleName, number | null>>;

interface EditPolicyProps {
  /** Whose rules; null to write rules for a service that has none. */
  readonly policy: Policy | null;
  readonly known: readonly Policy[];
  readonly onClose: () => void;
}

export function EditPolicy({ policy, known, onClose }: EditPolicyProps) {
  const queries = useQueryClient();
  const [serviceId, setServiceId] = useState(policy?.service_id ?? null);
  const [before] = useState(() => valuesOf(policy));
  const [values, setValues] = useState(before);
  const isDefault = policy !== null && policy.service_id === null;
  const isChanged = FIELDS.some(({ name }) => values[name] !== before[name]);
  const taken = new Set(known.flatMap(({ service_id }) => service_id ?? []));

  function save() {
    const body: Rules = values;
    const header = policy?.version ? { "if-match": `"${policy.version}"` } : {};
    return serviceId
      ? http.PUT("/api/scheduling/policies/services/{service_id}", {
          params: { path: { service_id: serviceId }, header },
          body,
        })
      : http.PUT("/api/scheduling/policies/default", { params: { header }, body });
  }
  const change = useMutation({
    mutationFn: async (action: keyof typeof DONE) =>
      action === "save"
        ? save()
        : http.DELETE("/api/scheduling/policies/services/{service_id}", {
            params: { path: { service_id: serviceId ?? "" } },
          }),
    onSuccess: (_, action) => {
      notify.done(DONE[action]);
      onClose();
    },
    onSettled: () => void queries.invalidateQueries({ queryKey: ["get", "/api/scheduling/policies"] }),
  });
  const { errors, send } = useMissing(
    fieldErrors(
      change.error,
      FIELDS.map(({ name }) => name),
    ),
    { service_id: !isDefault && !serviceId && "Choose a service." },
    () => change.mutate("save"),
  );

  return (
    <FormDrawer
      title={isDefault ? "Default rules" : "Rules of a service"}
      submitLabel="Save"
      onClose={onClose}
      busy={change.isPending}
      disabled={!isChanged}
      dirty={isChanged}
      errors={errors}
      onSubmit={send}
    >
      {!isDefault && (
        <ServiceSelect
          label="Service"
          withAsterisk
          disabled={policy !== null}
          among={BOOKABLE}
          except={taken}
          value={serviceId}
          onChange={setServiceId}
          error={errors.at("service_id")}
        />
      )}
      {FIELDS.map(({ name, label, about, unit, most, usual }) => {
        const set = (value: number | null) => setValues((present) => ({ ...present, [name]: value }));
        const field = {
          label: unit === "sessions" ? label : `${label} (${unit})`,
          description: about,
          placeholder: isDefault ? usual : "as the default says",
          error: errors.at(name),
        };
        return unit === "minutes" ? (
          <MinutesField key={name} {...field} most={most} value={values[name]} onChange={set} />
        ) : (
          <NumberField key={name} {...field} most={most} clearable value={values[name]} onChange={set} />
        );
      })}
      {policy?.service_id && (
        <Button variant="subtle" c="var(--mantine-color-error)" onClick={() => change.mutate("remove")}>
          Remove the service's own rules
        </Button>
      )}
    </FormDrawer>
  );
}

function valuesOf(policy: Policy | null): Values {
  return Object.fromEntries(FIELDS.map(({ name }) => [name, policy?.[name] ?? null])) as Values;
}
