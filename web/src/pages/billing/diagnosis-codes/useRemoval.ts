import { useMutation, useQueryClient } from "@tanstack/react-query";
import { http } from "@/api";
import { notify } from "@/ui";
import { refreshCodes } from "./refresh";

/** Removes the whole list. */
export function useRemoval(onDone: () => void) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => http.DELETE("/api/billing/diagnosis-codes"),
    onSuccess: async () => {
      await refreshCodes(queries);
      notify.done("The list is removed.");
      onDone();
    },
  });
}
