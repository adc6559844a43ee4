// A refusal, shown at the fields that it is about; what is about none of them is left for a notice.
import { asProblem, Problem } from "@/api";
import { withoutFix } from "./ProblemNotice";

export interface FieldErrors {
  /** The refusal itself: the same one as long as nothing else was refused. */
  readonly refusal: unknown;
  /** What is wrong with a field, and what would work. */
  readonly at: (field: string) => string | undefined;
  /** What is about none of these fields. */
  readonly rest: Problem | null;
  /** How many fields need another look. */
  readonly wrong: number;
}

const NOTHING: FieldErrors = { refusal: null, at: () => undefined, rest: null, wrong: 0 };

/** Sort a refusal by the fields of a form. */
export function fieldErrors(error: unknown, fields: readonly string[]): FieldErrors {
  if (!error) {
    return NOTHING;
  }
  const problem = asProblem(error);
  const placed = new Map<string, string[]>();
  const others = problem.errors.filter(({ field, message, fix }) => {
    const place = fields.find((name) => field === name || field.startsWith(`${name}.`));
    if (place) {
      const words = [withoutFix(message, fix), fix].filter(Boolean).join(" ");
      placed.set(place, [...(placed.get(place) ?? []), words]);
    }
    return !place;
  });
  const isPlaced = problem.errors.length > 0 && others.length === 0;
  return {
    refusal: error,
    at: (field) => placed.get(field)?.join(" "),
    rest: isPlaced ? null : placed.size > 0 ? without(problem, others) : problem,
    wrong: placed.size,
  };
}

/** The same for the fields of which this holds, such as that they are as they were sent. */
export function errorsWhere(
  holds: (field: string) => boolean,
  errors: FieldErrors,
  fields: readonly string[],
): FieldErrors {
  const at = (field: string) => (holds(field) ? errors.at(field) : undefined);
  return { ...errors, at, wrong: fields.filter((field) => at(field) !== undefined).length };
}

function without({ type, title, status, more }: Problem, errors: Problem["errors"]): Problem {
  return new Problem({ ...more, type, title, status, errors, detail: errors.map(({ message }) => message).join(" ") });
}
