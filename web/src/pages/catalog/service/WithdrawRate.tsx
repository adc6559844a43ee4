// A scheduled rate, withdrawn before it comes into force.
import { Text } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { api, type Rate, type Service } from "@/api";
import { refreshAfter } from "@/live";
import { inDollars } from "@/money";
import { dayInWords } from "@/time";
import { Confirm, fieldErrors, notify } from "@/ui";

interface WithdrawRateProps {
  readonly service: Service;
  readonly rate: Rate;
  readonly onClose: () => void;
}

export function WithdrawRate({ service, rate, onClose }: WithdrawRateProps) {
  const queries = useQueryClient();
  const from = dayInWords(rate.effective_from, { year: true });
  const withdraw = api.useMutation("delete", "/api/catalog/services/{service_id}/rates/{rate_id}", {
    onSuccess: () => {
      notify.done(`The rate of ${inDollars(rate.amount)} from ${from} is withdrawn.`);
      onClose();
    },
    onSettled: () => void refreshAfter(queries, "catalog.service_changed.v1"),
  });
  return (
    <Confirm
      opened
      grave
      title={`Withdraw the rate of ${inDollars(rate.amount)}?`}
      submitLabel="Withdraw the rate"
      onClose={onClose}
      busy={withdraw.isPending}
      errors={fieldErrors(withdraw.error, [])}
      onSubmit={() => withdraw.mutate({ params: { path: { service_id: service.id, rate_id: rate.id } } })}
    >
      <Text size="sm">
        {service.service_code} was to cost {inDollars(rate.amount)} from {from} on. Without it, the rate before goes on.
        Sessions that are already booked keep the rate that they were booked with.
      </Text>
    </Confirm>
  );
}
