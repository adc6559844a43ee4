// Editing something that others may change meanwhile: their changes are seen, mine are kept, and none is overwritten unseen.
import { useCallback, useState } from "react";

export interface Difference<Values> {
  readonly field: keyof Values & string;
  readonly before: unknown;
  readonly now: unknown;
  /** What I wrote there, where I wrote something else. */
  readonly mine?: unknown;
}

export interface Editing<Values> {
  readonly values: Values;
  readonly set: <Field extends keyof Values>(field: Field, value: Values[Field]) => void;
  /** What I changed, and nothing else: the body of the request. */
  readonly changes: Partial<Values>;
  readonly isChanged: boolean;
  /** The version on which my changes are based, for `If-Match`. */
  readonly version: number;
  /** What somebody else changed meanwhile. */
  readonly theirs: readonly Difference<Values>[];
  /** Take their changes wherever I made none. */
  readonly takeTheirs: () => void;
  readonly startOver: () => void;
}

interface Version<Values> {
  readonly version: number;
  readonly values: Values;
}

/** Edit a copy of `latest`, which may be replaced by a later version at any time. */
export function useEditing<Values extends object>(latest: Version<Values>): Editing<Values> {
  const [seen, setSeen] = useState(latest);
  const [values, setValues] = useState(latest.values);
  // What has become as I wrote it, such as by saving it, is nobody else's change.
  const agreed = differing(seen.values, latest.values).filter((field) => same(values[field], latest.values[field]));
  if (agreed.length > 0) {
    setSeen({ ...seen, values: { ...seen.values, ...pick(latest.values, agreed) } });
  }
  const changed = differing(seen.values, values);
  const moved = differing(seen.values, latest.values);

  const set = useCallback(
    <Field extends keyof Values>(field: Field, value: Values[Field]) =>
      setValues((before) => ({ ...before, [field]: value })),
    [],
  );
  return {
    values,
    set,
    changes: pick(values, changed),
    isChanged: changed.length > 0,
    // A later version with the same values is as good as the one that was seen.
    version: moved.length > 0 ? seen.version : latest.version,
    theirs: moved.map((field) => ({
      field,
      before: seen.values[field],
      now: latest.values[field],
      ...(changed.includes(field) ? { mine: values[field] } : {}),
    })),
    takeTheirs: () => {
      setSeen(latest);
      setValues({ ...latest.values, ...pick(values, changed) });
    },
    startOver: () => {
      setSeen(latest);
      setValues(latest.values);
    },
  };
}

function differing<Values extends object>(one: Values, other: Values): (keyof Values & string)[] {
  return (Object.keys(one) as (keyof Values & string)[]).filter((field) => !same(one[field], other[field]));
}

function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function pick<Values extends object>(values: Values, fields: readonly (keyof Values)[]): Partial<Values> {
  return Object.fromEntries(fields.map((field) => [field, values[field]])) as Partial<Values>;
}
