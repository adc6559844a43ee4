// How soon what was read is requested again.
import { onlineManager } from "@tanstack/react-query";
import { asProblem } from "./problem";

/** What failed is requested again this often while it is on the screen. */
const RETRY_MS = 5_000;

/** How soon a query that failed is sent again; false where it did not fail, or would fail again. */
export function retryMs({ status, error }: { readonly status: string; readonly error: unknown }): number | false {
  return status === "error" && onlineManager.isOnline() && asProblem(error).passes && RETRY_MS;
}
