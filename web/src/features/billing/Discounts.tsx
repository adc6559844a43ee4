import { Button, List, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconPlus } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "@/api";
import type { components } from "@/api/billing";
import { useNetworkZone } from "@/features/site";
import { refreshAfter } from "@/live";
import { dateInWords, today } from "@/time";
import { FormDrawer, fieldErrors, Loaded, notify, Panel } from "@/ui";
import { ChangeDiscount, type Discount } from "./ChangeDiscount";
import { Fields } from "./Fields";
import { DISCOUNT } from "./fields";
import { type Typed, writtenOf } from "./form";
import { countsNever } from "./LastDayField";

/** What a client is given off of what they owe outside insurance. */
export function Discounts({ clientId }: { clientId: string }) {
  const [adding, add] = useDisclosure(false);
  const [changing, setChanging] = useState<Discount | null>(null);
  const discounts = api.useQuery("get", "/api/billing/clients/{client_id}/discounts", {
    params: { path: { client_id: clientId } },
  });
  return (
    <Panel
      title="Discounts"
      about="Applied to amounts that insurance does not cover."
      actions={
        <Button variant="default" size="xs" onClick={add.open} leftSection={<IconPlus size={15} aria-hidden />}>
          Add a discount
        </Button>
      }
    >
      <Loaded query={discounts}>
        {({ items }) =>
          items.length > 0 ? (
            <List size="sm">
              {items.map((discount) => (
                <List.Item key={discount.id}>
                  <strong>{Number(discount.percent)} %</strong>, {discount.reason}: from{" "}
                  {dateInWords(discount.effective_from)}
                  {countsNever(discount.effective_from, discount.effective_to)
                    ? ", withdrawn"
                    : discount.effective_to && ` to ${dateInWords(discount.effective_to)}`}{" "}
                  <Button
                    variant="subtle"
                    size="compact-sm"
                    onClick={() => setChanging(discount)}
                    aria-label={`Change the discount of ${Number(discount.percent)} %`}
                  >
                    Change
                  </Button>
                </List.Item>
              ))}
            </List>
          ) : (
            <Text size="sm" c="dimmed">
              No discount.
            </Text>
          )
        }
      </Loaded>
      {adding && <AddDiscount clientId={clientId} onClose={add.close} />}
      {changing && (
        <ChangeDiscount
          discount={discounts.data?.items.find(({ id }) => id === changing.id) ?? changing}
          onClose={() => setChanging(null)}
        />
      )}
    </Panel>
  );
}

export function AddDiscount({ clientId, onClose }: { clientId: string; onClose: () => void }) {
  const zone = useNetworkZone();
  const begun: Typed = { effective_from: today(zone) };
  const [typed, type] = useState(begun);
  const queries = useQueryClient();
  const add = api.useMutation("post", "/api/billing/clients/{client_id}/discounts", {
    onSuccess: ({ percent }) => {
      void refreshAfter(queries, "billing.record_created.v1");
      notify.done(`The discount of ${Number(percent)} % is saved.`);
      onClose();
    },
  });
  const errors = fieldErrors(
    add.error,
    DISCOUNT.map(({ name }) => name),
  );
  const body = writtenOf(DISCOUNT, typed) as unknown as components["schemas"]["NewDiscount"];
  return (
    <FormDrawer
      title="Add a discount"
      onClose={onClose}
      submitLabel="Save"
      onSubmit={() => add.mutate({ params: { path: { client_id: clientId } }, body })}
      busy={add.isPending}
      dirty={JSON.stringify(typed) !== JSON.stringify(begun)}
      errors={errors}
    >
      <Fields fields={DISCOUNT} typed={typed} onType={type} errors={errors} />
    </FormDrawer>
  );
}
