import { Anchor, List, Text } from "@mantine/core";
import { Link } from "react-router";
import type { BillingRecord, ClaimFinding } from "@/api";
import { Tag, useAt } from "@/ui";

/** Where something of a record is mended. */
type Place = readonly [name: string, path: (record: Pick<BillingRecord, "id" | "client_id" | "payer_id">) => string];

const OURSELVES: Place = ["Our details", () => "/billing/organization"];
const CLIENT: Place = ["The client's account", ({ client_id }) => `/billing/clients/${client_id}`];
const DIAGNOSES: Place = ["The session's diagnoses", ({ id }) => `/billing/records/${id}?edit=diagnoses`];
const PAYER: Place = ["The payer", ({ payer_id }) => (payer_id ? `/billing/payers/${payer_id}` : "/billing/payers")];

const MENDED_AT: Readonly<Record<string, readonly Place[]>> = {
  ORGANIZATION_MISSING: [OURSELVES],
  FACILITY_MISSING: [OURSELVES],
  PROVIDER_MISSING: [OURSELVES],
  NPI_INVALID: [OURSELVES],
  TAXONOMY_INVALID: [OURSELVES],
  TAX_ID_INVALID: [OURSELVES],
  BILLING_POST_OFFICE_BOX: [OURSELVES],
  POSTAL_CODE_SHORT: [OURSELVES, CLIENT],
  ADDRESS_INVALID: [OURSELVES, CLIENT],
  NAME_UNSENDABLE: [OURSELVES, CLIENT],
  IDENTIFIER_UNSENDABLE: [OURSELVES, CLIENT],
  CLIENT_PROFILE_MISSING: [CLIENT],
  SIGNATURE_MISSING: [CLIENT],
  BIRTH_DATE_INVALID: [CLIENT],
  DIAGNOSIS_MISSING: [DIAGNOSES],
  DIAGNOSIS_INVALID: [DIAGNOSES],
  DIAGNOSIS_NOT_VALID: [DIAGNOSES],
  TOO_MANY_DIAGNOSES: [DIAGNOSES],
  COVERAGE_MISSING: [CLIENT],
  COVERAGE_NOT_IN_FORCE: [CLIENT],
  SUBSCRIBER_MISSING: [CLIENT],
  AUTHORIZATION_NUMBER_MISSING: [CLIENT],
  FILING_CODE_UNKNOWN: [PAYER],
  PAYER_INACTIVE: [PAYER],
};

interface FindingsProps {
  readonly findings: readonly ClaimFinding[];
  /** Whose findings they are, where that is known: then they lead to where they are mended. */
  readonly record?: BillingRecord;
}

/** What speaks against a claim, and what would help. */
export function Findings({ findings, record }: FindingsProps) {
  const at = useAt();
  return (
    <List size="sm" spacing={4} listStyleType="none">
      {findings.map(({ code, severity, message, suggestion }) => (
        <List.Item key={`${code} ${message}`}>
          <Tag tone={severity === "error" ? "bad" : "attention"}>
            {severity === "error" ? "must be corrected" : "check"}
          </Tag>{" "}
          {message}
          <Text span size="sm" fw={600}>
            {" "}
            {forStaff(suggestion)}
          </Text>
          {record &&
            MENDED_AT[code]?.map(([name, path]) => (
              <Anchor key={name} component={Link} to={at(path(record))} size="sm" ml={8} underline="always">
                {name}
              </Anchor>
            ))}
        </List.Item>
      ))}
    </List>
  );
}

/** Suggestions name the service's addresses; at a desk the same is written into a form. */
function forStaff(suggestion: string): string {
  return suggestion
    .replace(/^PUT \S+ with /, "Enter ")
    .replace(/^PATCH the (\w+)(?:,| with) /, "Change the $1: ")
    .replace(/ \(POST [^)]*\)/, "")
    .replace("set signature_on_file", "set it in the client's account");
}
