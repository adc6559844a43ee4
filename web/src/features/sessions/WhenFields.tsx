import { Group, SegmentedControl } from "@mantine/core";
import { addMinutes, type Day, readings, timeInWords } from "@/time";
import { DayField, TimeField } from "@/ui";

export interface When {
  readonly day: Day;
  /** `HH:mm` on the site's clock. */
  readonly time: string;
  /** Which of two, where the clock shows the time twice. */
  readonly second: boolean;
}

interface WhenFieldsProps {
  readonly when: When;
  readonly onChange: (changes: Partial<When>) => void;
  /** Called when the day begins and ceases to be a text that cannot be read. */
  readonly onUnread?: (isUnread: boolean) => void;
  readonly zone: string;
  /** How long it takes, where that is known; the end is computed from it. */
  readonly minutes: number | null;
  /** What is wrong with the time. */
  readonly error?: string | undefined;
}

/** A day and a time on the site's clock; in the nights in which it is set, the one that is meant. */
export function WhenFields({ when, onChange, onUnread, zone, minutes, error }: WhenFieldsProps) {
  const meant = readings(when.day, when.time, zone);
  const start = (when.second && meant[1]) || meant[0];
  const never = when.time !== "" && meant.length === 0;
  return (
    <>
      <Group gap="md" wrap="nowrap" align="flex-start">
        {/* What has begun already is recorded afterwards, and a session of the last days may be moved. */}
        <DayField
          label="Day"
          withAsterisk
          // A day with its year is longer than a time.
          flex="3 1 0"
          near="recent"
          value={when.day}
          onChange={(day) => day && onChange({ day })}
          onUnread={onUnread}
        />
        <TimeField
          label="Time"
          withAsterisk
          flex="2 1 0"
          value={when.time}
          onChange={(time) => onChange({ time, second: false })}
          error={
            error ?? (never && "The clocks are set forward: this time does not exist that day. An hour later does.")
          }
          description={start && minutes ? `Ends at ${timeInWords(addMinutes(start, minutes), zone)}` : undefined}
          inputWrapperOrder={["label", "input", "description", "error"]}
        />
      </Group>
      {meant.length === 2 && (
        <SegmentedControl
          aria-label="The clocks are set back: choose one of the two"
          value={when.second ? "second" : "first"}
          onChange={(which) => onChange({ second: which === "second" })}
          data={meant.map((instant, index) => ({
            value: index ? "second" : "first",
            label: timeInWords(instant, zone),
          }))}
        />
      )}
    </>
  );
}
