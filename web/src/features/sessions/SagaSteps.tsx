// What happened to a session, step by step, with how long each took.
import { Text, Timeline } from "@mantine/core";
import type { TimelineEntry } from "@/api";
import { useNames } from "@/features/people/names";
import { dayOf, elapsedInWords, momentInWords, timeInWords } from "@/time";

const FINE = new Set(["booked", "hold confirmed", "rescheduled", "completed", "client joined", "client left"]);
const BAD = new Set(["rejected", "reschedule refused", "room lost", "no-show"]);

/** The steps, oldest first; the time since the step before, because that is what somebody waited. */
export function SagaSteps({ steps, zone }: { steps: readonly TimelineEntry[]; zone: string }) {
  const names = useNames({ clients: steps.flatMap(({ client_ids = [] }) => client_ids), therapists: [] });
  return (
    <Timeline active={steps.length - 1} bulletSize={16} lineWidth={2}>
      {steps.map((step, index) => {
        const since = index ? step.elapsed_ms - (steps[index - 1]?.elapsed_ms ?? 0) : 0;
        const before = steps[index - 1]?.at;
        const isOtherDay = before === undefined || dayOf(before, zone) !== dayOf(step.at, zone);
        return (
          <Timeline.Item
            key={`${step.at} ${step.event} ${step.message_id}`}
            title={step.event}
            color={BAD.has(step.event) ? "red.8" : FINE.has(step.event) ? "green.8" : "harbor"}
          >
            <Text size="sm">
              {[step.client_ids?.map((id) => names.get(id) ?? "…").join(", "), step.detail].filter(Boolean).join(": ")}
            </Text>
            <Text size="xs" c="dimmed" className="numbers">
              {isOtherDay ? momentInWords(step.at, zone) : timeInWords(step.at, zone)}
              {index > 0 && ` · ${elapsedInWords(since)} after the step before`}
            </Text>
          </Timeline.Item>
        );
      })}
    </Timeline>
  );
}
