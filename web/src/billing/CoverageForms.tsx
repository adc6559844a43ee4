import { Checkbox, Select, Text } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, type Payer } from "@/api";
import type { components } from "@/api/billing";
import { useOnceKey } from "@/api/once";
import { refreshAfter } from "@/live";
import { beside, FormDrawer, tell } from "@/parts";
import { useSites } from "@/site";
import { today } from "@/time";
import { Fields } from "./Fields";
import { LEFT, PLAN, SUBSCRIBER } from "./fields";
import { type Typed, typedOf, writtenOf } from "./form";

type Parts = components["schemas"];

const MODES: readonly { value: Parts["Mode"]; label: string }[] = [
  { value: "in_network", label: "In network: we bill the payer" },
  { value: "out_of_network", label: "Out of network: the client pays and claims it back" },
];
const RELATIONSHIPS: readonly { value: Parts["Relationship"]; label: string }[] = [
  { value: "self", label: "The client" },
  { value: "spouse", label: "The client's spouse" },
  { value: "child", label: "A parent of the client" },
  { value: "other", label: "Somebody else" },
];
const TO_BEGIN = { copay: "0.00", coinsurance_percent: "0", deductible_remaining: "0.00" } as const;
const NAMES = [...PLAN, ...LEFT, ...SUBSCRIBER].map(({ name }) => name);

interface AddCoverageProps {
  readonly clientId: string;
  readonly payers: readonly Payer[];
  readonly onClose: () => void;
}

/** A plan that covers a client from a day on; an open one before it ends the day before. */
export function AddCoverage({ clientId, payers, onClose }: AddCoverageProps) {
  const { site } = useSites();
  const now = today(site?.time_zone ?? "UTC");
  const begun: Typed = { ...TO_BEGIN, effective_from: `${now.slice(0, 4)}-01-01`, as_of: now };
  const [typed, type] = useState(begun);
  const [payerId, setPayerId] = useState<string | null>(payers.length === 1 ? (payers[0]?.id ?? null) : null);
  const [mode, setMode] = useState<Parts["Mode"]>("in_network");
  const [relationship, setRelationship] = useState<Parts["Relationship"]>("self");
  const [copayAfter, setCopayAfter] = useState(false);
  const queries = useQueryClient();
  const once = useOnceKey();
  const add = api.useMutation("post", "/api/billing/clients/{client_id}/coverages", {
    onSuccess: (made) => {
      void refreshAfter(queries, "billing.record_created.v1");
      tell.done(`${made.plan_name} covers the client.`);
      onClose();
    },
  });
  const fields = relationship === "self" ? [...PLAN, ...LEFT] : [...PLAN, ...LEFT, ...SUBSCRIBER];
  const told = beside(add.error, ["payer_id", ...NAMES]);
  const body = {
    ...writtenOf(fields, typed),
    payer_id: payerId ?? "",
    mode,
    relationship,
    copay_after_deductible: copayAfter,
  } as unknown as Parts["NewCoverage"];
  return (
    <FormDrawer
      title="Add a coverage"
      onClose={onClose}
      doIt="Add the coverage"
      onDo={() => add.mutate({ params: { path: { client_id: clientId }, header: once(body) }, body })}
      busy={add.isPending}
      disabled={payerId === null}
      dirty={JSON.stringify(typed) !== JSON.stringify(begun)}
      told={told}
    >
      <Select
        label="Payer"
        data={payers
          .filter(({ is_active }) => is_active)
          .map(({ id, payer_name }) => ({ value: id, label: payer_name }))}
        value={payerId}
        onChange={setPayerId}
        error={told.at("payer_id")}
        searchable
        allowDeselect={false}
        openOnFocus={false}
        required
        data-autofocus
      />
      <Select
        label="With us"
        data={MODES}
        value={mode}
        onChange={(value) => value && setMode(value as Parts["Mode"])}
        allowDeselect={false}
      />
      <Fields fields={PLAN} typed={typed} onType={type} told={told} />
      <Fields fields={LEFT} typed={typed} onType={type} told={told} />
      <Checkbox
        label="The copay begins once the deductible is met"
        checked={copayAfter}
        onChange={(event) => setCopayAfter(event.currentTarget.checked)}
      />
      <Select
        label="Who holds the plan"
        data={RELATIONSHIPS}
        value={relationship}
        onChange={(value) => value && setRelationship(value as Parts["Relationship"])}
        allowDeselect={false}
      />
      {relationship !== "self" && <Fields fields={SUBSCRIBER} typed={typed} onType={type} told={told} />}
    </FormDrawer>
  );
}

/** What may change of a plan while it runs. */
const CHANGING = [...LEFT, ...PLAN.filter(({ name }) => name === "effective_to")];

/** What was learnt of a plan since: what is left of it, and until when it runs. */
export function ChangeCoverage({ coverage, onClose }: { coverage: Parts["CoverageView"]; onClose: () => void }) {
  const { site } = useSites();
  const begun: Typed = {
    ...typedOf(CHANGING, coverage as unknown as Readonly<Record<string, unknown>>),
    deductible_remaining: coverage.deductible_left,
    out_of_pocket_remaining: coverage.out_of_pocket_left ?? "",
    as_of: today(site?.time_zone ?? "UTC"),
  };
  const [typed, type] = useState(begun);
  const queries = useQueryClient();
  const once = useOnceKey();
  const change = api.useMutation("patch", "/api/billing/coverages/{coverage_id}", {
    onSuccess: (made) => {
      void refreshAfter(queries, "billing.record_created.v1");
      tell.done(`${made.plan_name} is changed.`);
      onClose();
    },
  });
  const told = beside(
    change.error,
    CHANGING.map(({ name }) => name),
  );
  const body = writtenOf(CHANGING, typed) as unknown as Parts["CoverageChanges"];
  return (
    <FormDrawer
      title={`${coverage.plan_name}: what is left`}
      onClose={onClose}
      doIt="Change it"
      onDo={() =>
        change.mutate({
          params: {
            path: { coverage_id: coverage.id },
            header: { ...once(body), "if-match": `"${coverage.version}"` },
          },
          body,
        })
      }
      busy={change.isPending}
      dirty={JSON.stringify(typed) !== JSON.stringify(begun)}
      told={told}
    >
      <Text size="sm">Records that were made keep their price; what is booked is priced by this from now on.</Text>
      <Fields fields={CHANGING} typed={typed} onType={type} told={told} />
    </FormDrawer>
  );
}
