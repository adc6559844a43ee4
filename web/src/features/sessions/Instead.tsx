// What is to become of a date of a series that cannot be had: one of the offered times, or something else.
import { NativeSelect } from "@mantine/core";
import type { Alternative } from "@/api";
import type { Day } from "@/time";
import { whenAndWhere } from "./Alternatives";
import { isGone, keyOf } from "./choices";

interface Option {
  readonly value: string;
  readonly label: string;
}

interface InsteadProps<Other extends string> {
  readonly label: string;
  readonly chosen: Other | Alternative;
  readonly alternatives: readonly Alternative[];
  /** What stands before an offered time, such as `Move it to`. */
  readonly verb: string;
  /** What stands before and after the offered times; the first one is chosen where nothing else is. */
  readonly before: Option & { readonly value: Other };
  readonly after: Option & { readonly value: Other };
  /** The day of the date; other days are named. */
  readonly day: Day;
  readonly zone: string;
  readonly onChoose: (chosen: Other | Alternative) => void;
}

export function Instead<Other extends string>(props: InsteadProps<Other>) {
  const { label, chosen, alternatives, verb, before, after, day, zone, onChoose } = props;
  const gone = typeof chosen !== "string" && isGone(chosen, alternatives) ? chosen : null;
  const offered = gone ? [...alternatives, gone] : alternatives;
  return (
    <NativeSelect
      size="sm"
      mt={6}
      aria-label={label}
      // A narrow field shows the beginning of what is chosen only.
      description={typeof chosen === "string" || gone ? undefined : whenAndWhere(chosen, zone, day)}
      inputWrapperOrder={["label", "input", "description", "error"]}
      error={gone && `${whenAndWhere(gone, zone, day)} is not offered any more. Choose again.`}
      value={typeof chosen === "string" ? chosen : keyOf(chosen)}
      onChange={({ currentTarget: { value } }) => {
        const alternative = offered.find((each) => keyOf(each) === value);
        onChoose(alternative ?? (value === after.value ? after.value : before.value));
      }}
      data={[
        before,
        ...offered.map((alternative) => ({
          value: keyOf(alternative),
          label: `${verb} ${whenAndWhere(alternative, zone, day)}${alternative === gone ? " (taken)" : ""}`,
          disabled: alternative === gone,
        })),
        after,
      ]}
    />
  );
}
