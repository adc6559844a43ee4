import { SimpleGrid, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useNavigate } from "react-router";
import { api } from "@/api";
import { refreshAfter } from "@/live";
import { typedAmount } from "@/money/typed";
import { AmountInput, DayField, FormDrawer, fieldErrors, notify, useAt } from "@/ui";
import { FactsFields } from "./FactsFields";
import { type Facts, FIELDS, NEW, written } from "./facts";

const OWN_FIELDS = ["service_code", "base_rate", "effective_from"] as const;

/** A new service, with its first rate. */
export function AddService({ onClose }: { onClose: () => void }) {
  const [code, setCode] = useState("");
  const [rate, setRate] = useState("");
  const [since, setSince] = useState("");
  const [facts, setFacts] = useState<Facts>(NEW);
  const queries = useQueryClient();
  const navigate = useNavigate();
  const at = useAt();
  const add = api.useMutation("post", "/api/catalog/services", {
    onSuccess: (service) => {
      void refreshAfter(queries, "catalog.service_changed.v1");
      notify.done(`${service.service_code} is added and can be booked.`);
      onClose();
      void navigate(at(`/catalog/${service.id}`));
    },
  });
  const errors = fieldErrors(add.error, [...OWN_FIELDS, ...FIELDS]);
  const body = {
    ...written(facts),
    service_code: code.trim().toUpperCase(),
    base_rate: typedAmount(rate) ?? rate,
    ...(since ? { effective_from: since } : {}),
  };

  return (
    <FormDrawer
      title="Add a service"
      onClose={onClose}
      submitLabel="Save"
      // What is needed and missing is named by the catalog, together with everything else that is wrong.
      onSubmit={() =>
        add.mutate({
          body: body as typeof body & { standard_duration: number } & Required<Named>,
        })
      }
      busy={add.isPending}
      dirty={code !== "" || rate !== "" || facts !== NEW}
      errors={errors}
    >
      <SimpleGrid cols={{ base: 1, xs: 3 }}>
        <TextInput
          label="Code"
          description="Such as 90837; cannot be changed later"
          value={code}
          onChange={(event) => setCode(event.currentTarget.value)}
          error={
            errors.at("service_code") &&
            "Capital letters and digits, parts joined by + or -, such as 90837 or 90834+90837."
          }
          maxLength={20}
          autoComplete="off"
          required
          data-autofocus
        />
        <AmountInput
          label="Rate"
          description="Per session"
          value={rate}
          onChange={setRate}
          error={errors.at("base_rate")}
          required
        />
        <DayField
          label="Effective from"
          description="Today or earlier; last year when empty"
          value={since || null}
          near="past"
          clearable
          onChange={(next) => setSince(next ?? "")}
          error={errors.at("effective_from")}
        />
      </SimpleGrid>
      <FactsFields
        facts={facts}
        set={(field, value) => setFacts((before) => ({ ...before, [field]: value }))}
        errors={errors}
        code={body.service_code}
      />
    </FormDrawer>
  );
}

type Named = Pick<Facts, "service_name" | "service_type">;
