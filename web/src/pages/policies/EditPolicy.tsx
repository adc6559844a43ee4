// The rules of one scope, written whole; a service's own rules can be removed, so that the default counts again.
import { Button, NumberInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { http } from "@/api";
import { beside, FormDrawer, tell, useMissing } from "@/parts";
import { ServiceSelect } from "@/services/ServiceSelect";
import { FIELDS, type Policy, type RuleName, type Rules } from "./rules";

const BOOKABLE = { bookable: true } as const;

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
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const isDefault = policy !== null && policy.service_id === null;
  const isChanged = FIELDS.some(({ name }) => values[name] !== before[name]);
  const taken = new Set(known.flatMap(({ service_id }) => service_id ?? []));

  async function run(work: () => Promise<unknown>, done: string): Promise<void> {
    setBusy(true);
    setError(null);
    try {
      await work();
      tell.done(done);
      onClose();
    } catch (refused) {
      setError(refused);
    } finally {
      setBusy(false);
      void queries.invalidateQueries({ queryKey: ["get", "/api/scheduling/policies"] });
    }
  }

  const save = () => {
    const body: Rules = values;
    const header = policy?.version ? { "if-match": `"${policy.version}"` } : {};
    return serviceId
      ? http.PUT("/api/scheduling/policies/services/{service_id}", {
          params: { path: { service_id: serviceId }, header },
          body,
        })
      : http.PUT("/api/scheduling/policies/default", { params: { header }, body });
  };
  const remove = (id: string) =>
    http.DELETE("/api/scheduling/policies/services/{service_id}", { params: { path: { service_id: id } } });
  const { told, send } = useMissing(
    beside(
      error,
      FIELDS.map(({ name }) => name),
    ),
    { service_id: !isDefault && !serviceId && "Choose a service." },
    () => void run(save, "The rules are saved; what is booked stays booked."),
  );

  return (
    <FormDrawer
      title={isDefault ? "Default rules" : "Rules of a service"}
      doIt="Save"
      onClose={onClose}
      busy={busy}
      disabled={!isChanged}
      dirty={isChanged}
      told={told}
      onDo={send}
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
          error={told.at("service_id")}
        />
      )}
      {FIELDS.map(({ name, label, about, unit, most, usual }) => (
        <NumberInput
          key={name}
          label={unit === "sessions" ? label : `${label} (${unit})`}
          description={about}
          placeholder={isDefault ? usual : "as the default says"}
          min={unit === "minutes" ? 0 : 1}
          max={most}
          allowDecimal={false}
          value={values[name] ?? ""}
          onChange={(value) =>
            setValues((present) => ({ ...present, [name]: value === "" ? null : Math.trunc(Number(value)) }))
          }
          error={told.at(name)}
        />
      ))}
      {policy?.service_id && (
        <Button
          variant="subtle"
          c="var(--mantine-color-error)"
          onClick={() =>
            void run(
              () => remove(policy.service_id ?? ""),
              "The rules are removed; the default counts for the service.",
            )
          }
        >
          Remove the service's own rules
        </Button>
      )}
    </FormDrawer>
  );
}

function valuesOf(policy: Policy | null): Values {
  return Object.fromEntries(FIELDS.map(({ name }) => [name, policy?.[name] ?? null])) as Values;
}
