// Remittances: what insurers answered and paid, posted as a whole or parked with every reason.
import { Anchor, Button, FileButton, Group, Overlay, Paper, SegmentedControl, Table, Text } from "@mantine/core";
import { useDebouncedValue, useWindowEvent } from "@mantine/hooks";
import { IconUpload } from "@tabler/icons-react";
import { keepPreviousData, useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { Link, useNavigate } from "react-router";
import { api, asProblem, http, type Remittance } from "@/api";
import { refreshAfter } from "@/live";
import { dayInWords } from "@/time";
import {
  Empty,
  Money,
  notify,
  Page,
  PagedList,
  ProblemNotice,
  SearchField,
  TableHead,
  Tag,
  useAddress,
  useAt,
  usePages,
} from "@/ui";
import classes from "../Billing.module.css";
import { BillingPlaces } from "../BillingPlaces";
import { REMITTANCES } from "../labels";
import { forStaff, paymentsInWords } from "./labels";

const ON_A_PAGE = 25;
const TYPING_MS = 300;
/** As the service limits it. */
const LONGEST = 50;
/** What is shown beside the statuses: payments with money of skipped claims that is on no record. */
const UNASSIGNED = "unassigned";
const ACCEPTED = ".835,.999,.277,.277ca,.ta1,.edi,.x12,.txt,text/plain";
/** A file with the outcome of claims: a TA1, a 999 or a 277CA, whatever separates its elements. */
const ACKNOWLEDGES = /[^A-Z0-9](?:TA1|ST[^A-Z0-9](?:999|277))[^A-Z0-9]/;
const REMITS = /[^A-Z0-9]ST[^A-Z0-9]835[^A-Z0-9]/;
/** The refusal of a payment that was posted before with other content; it names the remittance that was posted. */
const POSTED_OTHERWISE = "trace-number-posted";
/** The answer to a file that came before. */
const SEEN_BEFORE = 200;

const EMPTY: Readonly<Record<string, string>> = {
  parked: "No parked remittances",
  [UNASSIGNED]: "All money of remittances is on records",
};

export function Component() {
  const [query, put] = useAddress();
  const status = query.get("status");
  const [typed, setTyped] = useState(query.get("trace") ?? "");
  const [trace] = useDebouncedValue(typed.trim(), TYPING_MS);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the address follows the number, nothing else
  useEffect(() => {
    if (trace !== (query.get("trace") ?? "")) {
      put({ trace });
    }
  }, [trace]);

  const pages = usePages(JSON.stringify([status, trace]));
  const { cursor } = pages;
  const remittances = api.useQuery(
    "get",
    "/api/billing/remittances",
    {
      params: {
        query: {
          limit: ON_A_PAGE,
          ...(isStatus(status) ? { status } : {}),
          ...(trace ? { trace_number: trace } : {}),
          ...(status === UNASSIGNED ? { has_unassigned: true } : {}),
          ...(cursor ? { cursor } : {}),
        },
      },
    },
    { placeholderData: keepPreviousData },
  );
  const at = useAt();
  const post = usePost();
  const forget = useRef<() => void>(null);
  const take = (file: File | null) => {
    if (file) {
      post.mutate(file);
      // The same file can be chosen again, once it is corrected.
      forget.current?.();
    }
  };
  return (
    <Page
      title="Remittances"
      about="Remittances (835) are balanced and posted as a whole, or parked with their reasons. Acknowledgements (999, 277CA) update the claims that they name."
      actions={
        <FileButton onChange={take} resetRef={forget} accept={ACCEPTED}>
          {(props) => (
            <Button {...props} loading={post.isPending} leftSection={<IconUpload size={17} aria-hidden />}>
              Post a file
            </Button>
          )}
        </FileButton>
      }
    >
      <BillingPlaces />
      <DropHere onDrop={(file) => post.mutate(file)} />
      {post.error ? (
        <ProblemNotice error={post.error} title="Nothing was posted" words={forStaff}>
          {remittanceOf(post.error) && (
            <Anchor
              component={Link}
              to={at(`/billing/remittances/${remittanceOf(post.error)}`)}
              size="sm"
              underline="always"
            >
              Open the remittance that was posted
            </Anchor>
          )}
        </ProblemNotice>
      ) : null}
      <SearchField
        label="Trace number"
        placeholder="Check or EFT number, whole"
        description="As it is written in the file, with upper and lower case"
        maxLength={LONGEST}
        value={typed}
        onChange={setTyped}
        w={320}
        maw="100%"
      />
      <SegmentedControl
        aria-label="Status"
        data={[
          { value: "", label: "All but discarded" },
          { value: "posted", label: "Posted" },
          { value: "parked", label: "Parked" },
          { value: "discarded", label: "Discarded" },
          { value: UNASSIGNED, label: "Money not assigned" },
        ]}
        value={status ?? ""}
        onChange={(value) => put({ status: value || null })}
        style={{ alignSelf: "flex-start", flexWrap: "wrap" }}
      />
      <PagedList
        query={remittances}
        pages={pages}
        order="newest first"
        empty={
          trace ? (
            <Empty title="No remittance has this trace number" />
          ) : (
            <Empty title={EMPTY[status ?? ""] ?? "No remittances yet"}>
              Post the files of the insurer or the clearing house: 835, 999 or 277CA. Posting the same file twice has no
              effect.
            </Empty>
          )
        }
      >
        {(items) => <RemittanceTable remittances={items} />}
      </PagedList>
    </Page>
  );
}

/** While a file is dragged over the window, all of it takes the file. */
function DropHere({ onDrop }: { onDrop: (file: File) => void }) {
  const [isOver, setOver] = useState(false);
  useWindowEvent("dragover", (event) => {
    event.preventDefault();
    setOver(true);
  });
  useWindowEvent("dragleave", (event) => event.relatedTarget === null && setOver(false));
  useWindowEvent("drop", (event) => {
    event.preventDefault();
    setOver(false);
    const file = event.dataTransfer?.files[0];
    if (file) {
      onDrop(file);
    }
  });
  return isOver ? (
    <Overlay fixed center style={{ pointerEvents: "none" }}>
      <Text fz={24} fw={700} c="white">
        Drop the file to post it: 835, 999 or 277CA
      </Text>
    </Overlay>
  ) : null;
}

function usePost() {
  const queries = useQueryClient();
  const navigate = useNavigate();
  const at = useAt();
  return useMutation({
    mutationFn: async (file: File) => {
      const text = await file.text();
      // Sent byte by byte: names may be in another encoding than UTF-8.
      const sent = {
        body: text,
        bodySerializer: () => file,
        headers: { "content-type": "application/edi-x12" },
      };
      if (ACKNOWLEDGES.test(text) && !REMITS.test(text)) {
        const { data } = await http.POST("/api/billing/claims/acknowledgements", sent);
        return { acknowledgement: data };
      }
      const { data, response } = await http.POST("/api/billing/remittances", sent);
      return { remittance: data, cameBefore: response.status === SEEN_BEFORE };
    },
    onSuccess: ({ acknowledgement, remittance, cameBefore }) => {
      void refreshAfter(queries, "billing.payment_status_changed.v1");
      void queries.invalidateQueries({ queryKey: ["get", "/api/billing/claims"] });
      if (acknowledgement) {
        const rejected = acknowledgement.claims.filter(({ outcome }) => outcome === "rejected").length;
        notify.done(`The ${acknowledgement.kind} is read: ${rejected} of ${acknowledgement.claims.length} rejected.`);
        void navigate(at(rejected > 0 ? "/billing/claims?status=rejected" : "/billing/claims"));
        return;
      }
      const others = remittance?.others ?? [];
      const parked = [remittance, ...others].filter((each) => each?.status === "parked").length;
      if (cameBefore) {
        notify.note("This file came before: nothing is posted a second time.");
      } else {
        notify.done(others.length > 0 ? paymentsInWords(others.length + 1, parked) : "The remittance is posted.");
      }
      void navigate(at(others.length > 0 ? "/billing/remittances" : `/billing/remittances/${remittance?.id}`));
    },
    onError: (error) => {
      void queries.invalidateQueries({ queryKey: ["get", "/api/billing/remittances"] });
      // The page of a parked or discarded file has the reasons; that of an earlier payment has nothing of this file.
      const kept = remittanceOf(error);
      if (kept && asProblem(error).code !== POSTED_OTHERWISE) {
        void navigate(at(`/billing/remittances/${kept}`));
      }
    },
  });
}

/** The remittance that a refusal names. */
function remittanceOf(error: unknown): string | null {
  const id = asProblem(error).more.remittance_id;
  return typeof id === "string" ? id : null;
}

function isStatus(status: string | null): status is Remittance["status"] {
  return status !== null && status in REMITTANCES;
}

function RemittanceTable({ remittances }: { remittances: readonly Remittance[] }) {
  const at = useAt();
  return (
    <Paper withBorder>
      <Table verticalSpacing="xs" aria-label="Remittances">
        <TableHead
          columns={[
            "Trace number",
            { name: "From", visibleFrom: "xs" },
            { name: "Paid on", visibleFrom: "sm" },
            { name: "Payment amount", className: classes.amount },
            "Status",
          ]}
        />
        <Table.Tbody>
          {remittances.map((remittance) => (
            <Table.Tr key={remittance.id}>
              <Table.Td>
                <Anchor
                  component={Link}
                  to={at(`/billing/remittances/${remittance.id}`)}
                  inherit
                  fw={600}
                  style={{ overflowWrap: "anywhere" }}
                >
                  {remittance.trace_number ?? "not readable"}
                </Anchor>
                <Text size="xs" c="dimmed" hiddenFrom="xs">
                  {remittance.payer_name}
                </Text>
              </Table.Td>
              <Table.Td visibleFrom="xs">{remittance.payer_name ?? "–"}</Table.Td>
              <Table.Td visibleFrom="sm">
                {remittance.payment_date ? dayInWords(remittance.payment_date) : "–"}
              </Table.Td>
              <Table.Td className={classes.amount ?? ""}>
                {remittance.amount ? <Money amount={remittance.amount} /> : <Text c="dimmed">–</Text>}
              </Table.Td>
              <Table.Td>
                <Group gap={4}>
                  <Tag tone={REMITTANCES[remittance.status][1]}>{REMITTANCES[remittance.status][0]}</Tag>
                </Group>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Paper>
  );
}
