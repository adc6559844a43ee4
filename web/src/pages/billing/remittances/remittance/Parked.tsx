import { Alert, Button, Checkbox, Fieldset, Group, List, Stack, Text, TextInput } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, asProblem, inLocalWords } from "@/api";
import type { components } from "@/api/billing";
import { refreshAfter } from "@/live";
import { dayInWords } from "@/time";
import { notify, ProblemNotice } from "@/ui";
import { forStaff } from "../labels";
import { ClaimSelect } from "./ClaimSelect";

/** The service's refusal of a file that stays parked. */
const PARKED = "remittance-parked";
const REASON_AT_MOST = 500;

const ACCEPTABLE: ReadonlySet<string> = new Set([
  "other-service",
  "other-service-day",
  "answered-twice",
  "likely-duplicate",
  "other-payer",
  "paid-before-service",
]);

/** What nobody can post, whatever is decided about its claims. */
const NEVER_POSTED: ReadonlySet<string> = new Set(["test-file", "other-currency"]);

type Remittance = components["schemas"]["RemittanceView"];

/** Why nothing of it is posted, and how to post the rest when somebody has decided. */
export function Parked({ remittance }: { remittance: Remittance }) {
  const final = isUnreadable(remittance)
    ? remittance.problems
    : remittance.problems.filter(({ code }) => NEVER_POSTED.has(code));
  return (
    <Alert
      color="yellow"
      icon={<IconAlertTriangle aria-hidden />}
      title={titleOf(remittance)}
      styles={{ title: { color: "var(--mantine-color-text)" }, message: { color: "var(--mantine-color-text)" } }}
    >
      <Stack gap="sm">
        <List size="sm" spacing={4}>
          {(final.length > 0 ? final : remittance.problems).map(inLocalWords).map(({ code, place, message, fix }) => (
            <List.Item key={`${place} ${code} ${message}`}>
              {aboutClaim(remittance, place, message)}
              {forStaff(message)}{" "}
              <Text span size="sm" fw={600}>
                {fixForStaff(code, fix)}
              </Text>
            </List.Item>
          ))}
        </List>
        {final.length === 0 && <Decisions remittance={remittance} />}
        {remittance.status === "parked" && <Discard remittanceId={remittance.id} isOnlyWay={final.length > 0} />}
      </Stack>
    </Alert>
  );
}

/** A file of which no payment can be read, such as one that was cut off: it has not even a trace number. */
function isUnreadable({ trace_number }: Remittance): boolean {
  return trace_number === null;
}

function titleOf(remittance: Remittance): string {
  const what = isUnreadable(remittance) ? "file" : "payment";
  return remittance.status === "discarded" ? `This ${what} is discarded` : `This ${what} is not posted`;
}

/** What to do about each claim that is in the way, and posting the rest. */
function Decisions({ remittance }: { remittance: Remittance }) {
  const [out, setOut] = useState<readonly string[]>([]);
  const [matched, match] = useState<Readonly<Record<string, string | null>>>({});
  const [accepted, setAccepted] = useState<readonly string[]>([]);
  const queries = useQueryClient();
  const post = api.useMutation("post", "/api/billing/remittances/{remittance_id}/post", {
    onSuccess: () => {
      void refreshAfter(queries, "billing.payment_status_changed.v1");
      notify.done("The remittance is posted.");
    },
  });
  // Of a claim that somebody chose, the service has doubts only once it knows which it is.
  const refused = post.error ? asProblem(post.error).errors.map(({ code, field }) => ({ code, place: field })) : [];
  const doubtful = doubtfulClaims(remittance, refused).filter((claim) => !out.includes(claim));
  return (
    <>
      {remittance.claims.length > 0 && (
        <Text size="xs" c="dimmed">
          A skipped claim is not posted; the others are. Afterwards its money can be assigned to a record. What is paid
          beyond what is owed becomes credit of the record.
        </Text>
      )}
      {[...new Set(remittance.claims.map(({ control_number }) => control_number))].map((claim) => (
        <Fieldset
          key={claim}
          legend={[`Claim ${claim}`, patientInWords(remittance, claim)].filter(Boolean).join(", ")}
          variant="unstyled"
        >
          <Group gap="md">
            <Checkbox
              label="Skip"
              checked={out.includes(claim)}
              onChange={({ currentTarget }) => setOut(changed(out, claim, currentTarget.checked))}
            />
            {doubtful.includes(claim) && (
              <Checkbox
                label="Post as it is"
                checked={accepted.includes(claim)}
                onChange={({ currentTarget }) => setAccepted(changed(accepted, claim, currentTarget.checked))}
              />
            )}
          </Group>
        </Fieldset>
      ))}
      {remittance.claims
        .filter(({ record_id, control_number }) => record_id === null && !out.includes(control_number))
        .map((answer) => (
          <ClaimSelect
            key={answer.position}
            label={`Claim that ${answer.control_number} belongs to`}
            answer={answer}
            payer={remittance.payer_name}
            recordId={matched[answer.control_number] ?? null}
            onChoose={(recordId) => match({ ...matched, [answer.control_number]: recordId })}
          />
        ))}
      {post.error && isKnown(remittance, post.error) ? (
        <Text size="sm" fw={600} role="alert">
          Not posted, for the reasons above.
        </Text>
      ) : post.error ? (
        <ProblemNotice error={post.error} title="Not posted" words={forStaff} />
      ) : null}
      <Group>
        <Button
          size="xs"
          loading={post.isPending}
          onClick={() => {
            const accept = accepted.filter((claim) => !out.includes(claim));
            const body = { leave_out: [...out], match: answeredBy(matched, out), accept };
            post.mutate({
              params: { path: { remittance_id: remittance.id } },
              body,
            });
          }}
        >
          Post
        </Button>
      </Group>
    </>
  );
}

/** Whether a refusal gives only the reasons that are shown already. */
function isKnown({ problems }: Remittance, error: unknown): boolean {
  const { code, errors } = asProblem(error);
  const shown = new Set(problems.map((problem) => `${problem.place} ${problem.code} ${inLocalWords(problem).message}`));
  return code === PARKED && errors.every((each) => shown.has(`${each.field} ${each.code} ${each.message}`));
}

interface DiscardProps {
  readonly remittanceId: string;
  /** Whether there is nothing else to do about it. */
  readonly isOnlyWay: boolean;
}

/** Taking a payment that nobody will post out of the list: a test file, or one that is not for this clinic. */
function Discard({ remittanceId, isOnlyWay }: DiscardProps) {
  const [reason, setReason] = useState("");
  const queries = useQueryClient();
  const discard = api.useMutation("post", "/api/billing/remittances/{remittance_id}/discard", {
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: ["get", "/api/billing/remittances"] });
      void queries.invalidateQueries({ queryKey: ["get", "/api/billing/remittances/{remittance_id}"] });
      notify.done("The payment is discarded.");
    },
  });
  return (
    <>
      {discard.error ? <ProblemNotice error={discard.error} title="Not discarded" /> : null}
      <Group align="end">
        <TextInput
          label="Reason to discard it"
          description="It leaves the list and is kept with your name and the reason."
          value={reason}
          onChange={({ currentTarget }) => setReason(currentTarget.value)}
          maxLength={REASON_AT_MOST}
          maw={420}
        />
        <Button
          size="xs"
          variant={isOnlyWay ? "filled" : "default"}
          disabled={!reason.trim()}
          loading={discard.isPending}
          onClick={() => discard.mutate({ params: { path: { remittance_id: remittanceId } }, body: { reason } })}
        >
          Discard
        </Button>
      </Group>
    </>
  );
}

/** The claims with this one among them, or without it. */
function changed(claims: readonly string[], claim: string, isChecked: boolean): string[] {
  return isChecked ? [...claims, claim] : claims.filter((other) => other !== claim);
}

/** The claims that somebody chose and that are not left out. */
function answeredBy(matched: Readonly<Record<string, string | null>>, out: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    Object.entries(matched).flatMap(([claim, record]) => (record && !out.includes(claim) ? [[claim, record]] : [])),
  );
}

/** The claims whose answers look like a payment that came already, name another service, or are dated before it. */
function doubtfulClaims(
  { problems, claims }: Remittance,
  refused: readonly { readonly code: string; readonly place: string }[],
): string[] {
  const found = [...problems, ...refused];
  const places = new Set(found.filter(({ code }) => ACCEPTABLE.has(code)).map(({ place }) => place));
  return [...new Set(claims.map(({ control_number }) => control_number))].filter((claim) =>
    places.has(`claims.${claim}`),
  );
}

/** `Claim 1042, Jonas Reed, March 2: ` before a reason; without the number where the reason has it itself. */
function aboutClaim(remittance: Remittance, place: string, message: string): string {
  const [, claim] = /^claims\.(.+)$/.exec(place) ?? [];
  const about = [claim && !message.includes(claim) && `Claim ${claim}`, claim && patientInWords(remittance, claim)];
  const words = about.filter(Boolean).join(", ");
  return words && `${words}: `;
}

/** `Jonas Reed, March 2`: whom a claim is about, and the day of service, as far as the file has them. */
function patientInWords({ claims }: Remittance, claim: string): string {
  const answer = claims.find(({ control_number }) => control_number === claim);
  return [answer?.patient_name, answer?.service_date && dayInWords(answer.service_date)].filter(Boolean).join(", ");
}

/** What helps at a desk; the service's own words name its addresses. */
function fixForStaff(code: string, fix: string): string {
  if (code === "unknown-claim") {
    return "Choose its claim below, or skip it.";
  }
  return forStaff(fix);
}
