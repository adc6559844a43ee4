import { asProblem } from "@/api/problem";

const NOT_FOUND = 404;
const NO_ID = "uuid_parsing";

/** Whether something was refused because the address of the page names nothing: there is none with this id, or it is no id. */
export function namesNothing(error: unknown): boolean {
  if (!error) {
    return false;
  }
  const { status, errors } = asProblem(error);
  return status === NOT_FOUND || (errors.length > 0 && errors.every(({ code }) => code === NO_ID));
}
