import { Alert, SimpleGrid } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, asProblem, type Rate, type Service } from "@/api";
import { refreshAfter } from "@/live";
import { inDollars } from "@/money";
import { typedAmount } from "@/money/typed";
import { type Day, dayInWords, isDay } from "@/time";
import { AmountInput, DayField, FormDrawer, fieldErrors, notify } from "@/ui";
import { Impact } from "./Impact";
import { RateLine } from "./RateLine";
import { finality, firstFreeDay, standing, usualDay } from "./timeline";

const PATH = "/api/scheduling/services/{service_id}/rates/impact";
const TYPING_MS = 250;

interface ScheduleRateProps {
  readonly service: Service;
  readonly rates: readonly Rate[];
  readonly today: Day;
  readonly onClose: () => void;
}

/** Lets a price begin on a day, after it was shown what that means for what is booked already. */
export function ScheduleRate({ service, rates, today, onClose }: ScheduleRateProps) {
  const [typed, setTyped] = useState("");
  const [since, setSince] = useState(usualDay(rates, today));
  const queries = useQueryClient();
  const first = firstFreeDay(rates, today);
  const amount = typedAmount(typed);
  const meant = amount && isDay(since) ? `${amount} ${since}` : "";
  const [settled] = useDebouncedValue(meant, TYPING_MS);
  const [settledAmount = "", from = ""] = settled.split(" ");
  const impact = api.useQuery(
    "get",
    PATH,
    { params: { path: { service_id: service.id }, query: { amount: settledAmount, effective_from: from } } },
    { enabled: settled !== "" },
  );
  const isSeen = meant === settled && (settled === "" || impact.data !== undefined || impact.error !== null);

  const add = api.useMutation("post", "/api/catalog/services/{service_id}/rates", {
    onSuccess: (rate) => {
      notify.done(
        `${service.service_code} costs ${inDollars(rate.amount)} from ${dayInWords(rate.effective_from, { year: true })} on.`,
      );
      onClose();
    },
    onSettled: () => void refreshAfter(queries, "catalog.service_changed.v1"),
  });
  const overlaps = add.error !== null && asProblem(add.error).code === "rate-overlaps" ? asProblem(add.error) : null;
  const errors = fieldErrors(overlaps ? null : add.error, ["amount", "effective_from"]);
  const body = { amount: amount ?? typed, effective_from: since };

  return (
    <FormDrawer
      title={`Schedule a rate for ${service.service_code}`}
      onClose={onClose}
      submitLabel="Schedule the rate"
      onSubmit={() => isSeen && add.mutate({ params: { path: { service_id: service.id } }, body: { ...body } })}
      busy={add.isPending}
      disabled={!isSeen}
      dirty={typed !== ""}
      errors={errors}
    >
      <SimpleGrid cols={{ base: 1, xs: 2 }}>
        <AmountInput
          label="New rate"
          description={`It costs ${inDollars(service.base_rate)} today`}
          value={typed}
          onChange={setTyped}
          error={errors.at("amount")}
          required
          data-autofocus
        />
        <DayField
          label="First day"
          description={`At the earliest ${dayInWords(first, { year: true })}`}
          value={since || null}
          onChange={(next) => setSince(next ?? "")}
          error={errors.at("effective_from") ?? overlaps?.detail}
          required
        />
      </SimpleGrid>
      {meant !== "" && since >= first && (
        <RateLine
          name="Rates over time with the new one"
          steps={[
            ...rates.map((rate) => ({
              amount: rate.amount,
              from: rate.effective_from,
              standing: standing(rate, today),
            })),
            { amount: amount ?? "0.00", from: since, standing: "considered" as const },
          ]}
          today={today}
        />
      )}
      <Impact impact={impact} isComplete={settled !== ""} since={since} />
      <Alert color={since === today ? "yellow" : "gray"} styles={{ message: { color: "var(--mantine-color-text)" } }}>
        {finality(since, today)}
      </Alert>
    </FormDrawer>
  );
}
