// The calendar of a day field: a module of its own, because most visits choose no day.
import { DatePicker } from "@mantine/dates";
import { useEffect, useState } from "react";
import { type Day, isDay, today, zoneHere } from "@/time";

const NAMES = {
  previousMonth: "Previous month",
  nextMonth: "Next month",
  previousYear: "Previous year",
  nextYear: "Next year",
  previousDecade: "Previous decade",
  nextDecade: "Next decade",
  monthLevelControl: "Choose the month",
  yearLevelControl: "Choose the year",
};

interface DayChoiceProps {
  readonly value: Day | null;
  /** Called with null where the chosen day is clicked again and `allowDeselect` is set. */
  readonly onChange: (day: Day | null) => void;
  readonly minDate: Day | undefined;
  readonly maxDate: Day | undefined;
  readonly allowDeselect: boolean;
  readonly defaultLevel: "month" | "decade";
}

export function DayChoice({ value, onChange, minDate, maxDate, ...props }: DayChoiceProps) {
  const [month, setMonth] = useState<Day>(value ?? within(today(zoneHere()), minDate, maxDate));
  useEffect(() => {
    if (value) {
      setMonth(value);
    }
  }, [value]);
  return (
    <DatePicker
      {...props}
      value={value}
      onChange={(day) => onChange(isDay(day) ? day : null)}
      date={month}
      onDateChange={setMonth}
      {...(minDate ? { minDate } : {})}
      {...(maxDate ? { maxDate } : {})}
      hideOutsideDates
      ariaLabels={NAMES}
    />
  );
}

function within(day: Day, first: Day | undefined, last: Day | undefined): Day {
  if (first && day < first) {
    return first;
  }
  return last && day > last ? last : day;
}
