// Deciding what becomes of parked messages: each service settles its own.
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { type DiscardReason, http } from "@/api";
import { notify } from "@/ui";
import { type Parked, SERVICES, type ServiceName } from "./services";

export interface Settling {
  readonly isBusy: boolean;
  readonly redrive: (items: readonly Parked[]) => Promise<void>;
  readonly redriveAll: (services: readonly ServiceName[]) => Promise<void>;
  readonly discard: (items: readonly Parked[], reason: DiscardReason) => Promise<void>;
}

export function useSettling(): Settling {
  const queries = useQueryClient();
  const [isBusy, setBusy] = useState(false);

  async function settle(work: () => Promise<void>): Promise<void> {
    setBusy(true);
    try {
      await work();
    } finally {
      setBusy(false);
      await queries.invalidateQueries({
        predicate: ({ queryKey }) => String(queryKey[1]).includes("/operations"),
      });
    }
  }

  /** Put them back, `ids` or all of them, and return how many that were. */
  async function putBack(wanted: readonly (readonly [ServiceName, string[] | null])[]): Promise<void> {
    let again = 0;
    let gone = 0;
    try {
      for (const [service, ids] of wanted) {
        const { data } = await http.POST(`/api/${service}/operations/parked/redrive`, { body: { ids } });
        again += (data?.redriven ?? 0) + (data?.tried_again ?? 0);
        gone += data?.not_found.length ?? 0;
      }
      notify.done(`${counted(again)} retried.${gone ? ` ${gone} had been settled already.` : ""}`);
    } catch (error) {
      notify.problem(error);
    }
  }

  return {
    isBusy,
    redrive: (items) => settle(() => putBack(byService(items))),
    redriveAll: (services) => settle(() => putBack(services.map((service) => [service, null] as const))),
    discard: (items, reason) =>
      settle(async () => {
        let count = 0;
        for (const [service, ids] of byService(items)) {
          const { data } = await http.POST(`/api/${service}/operations/parked/discard`, { body: { ids, reason } });
          count += data?.discarded ?? 0;
        }
        notify.done(`${counted(count)} discarded.`);
      }),
  };
}

function byService(items: readonly Parked[]): (readonly [ServiceName, string[]])[] {
  return SERVICES.map(
    (name) => [name, items.filter(({ service }) => service === name).map(({ message }) => message.id)] as const,
  ).filter(([, ids]) => ids.length > 0);
}

function counted(count: number): string {
  return count === 1 ? "One message is" : `${count} messages are`;
}
