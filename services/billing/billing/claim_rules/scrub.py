"""What speaks against a claim before it is sent: a table of rules over plain values, all of them checked at once.

A rule names its check, whose docstring names the source: the guide 005010X222A1, CMS's and NUCC's code sets, federal regulations. Rules
without an outside source keep the clinic's own books right: what is self-pay, what was claimed already, what came before.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from contracts.billing import PaymentStatus

from billing.claim_rules import checks
from billing.claim_rules.code_sets import FILING_CODES, MOST_DIAGNOSES, MOST_LINES
from billing.claim_rules.facts import ClaimFacts, Finding, Frequency
from billing.ledger.bill import RecordKind
from billing.pricing.flags import FlagCode, Severity
from billing.pricing.modality import TELEHEALTH_PLACES
from billing.pricing.terms import Mode

ERROR: Final = Severity.ERROR
WARNING: Final = Severity.WARNING
ORIGINAL: Final = frozenset({Frequency.ORIGINAL})
REQUESTING: Final = frozenset({Frequency.ORIGINAL, Frequency.REPLACEMENT})
AMENDING: Final = frozenset({Frequency.REPLACEMENT, Frequency.VOID})
ALWAYS: Final = frozenset(Frequency)


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that must hold, and what to report where it does not."""

    code: str
    severity: Severity
    breaks: Callable[[ClaimFacts], str | bool]
    """Whether it does not hold; a text is what was found."""
    message: str
    """With ``{}`` for what was found."""
    suggestion: str
    of: frozenset[Frequency] = REQUESTING
    """For which claims it counts; a void repeats what was claimed, and only names it."""


RULES: Final[tuple[Rule, ...]] = (
    # Who stands on it.
    Rule("ORGANIZATION_MISSING", ERROR, lambda facts: facts.organization is None,
         "The billing provider is missing.",
         "PUT /organization with its NPI, tax id and address.", ALWAYS),
    Rule("FACILITY_MISSING", ERROR, lambda facts: facts.facility is None,
         "The site's claim details are missing.",
         "PUT /facilities/{site_id} with its address and place of service."),
    Rule("PROVIDER_MISSING", ERROR, lambda facts: facts.provider is None,
         "The therapist's claim details are missing.",
         "PUT /providers/{therapist_id} with their name and NPI."),
    Rule("CLIENT_PROFILE_MISSING", ERROR, lambda facts: facts.client is None,
         "The client's claim details are missing.",
         "PUT /clients/{client_id}/profile with name, birth date, address and diagnoses."),
    Rule("NPI_INVALID", ERROR, checks.npis,
         "No NPI, by its check digit: {}.",
         "Copy the number from the national registry of providers."),
    Rule("TAXONOMY_INVALID", ERROR, checks.taxonomies,
         "No taxonomy code: {}.",
         "Write the ten characters under which the provider is registered."),
    Rule("TAX_ID_INVALID", ERROR, checks.tax_id,
         "The organization's tax id does not have nine digits.",
         "PUT /organization with all nine."),
    Rule("POSTAL_CODE_SHORT", ERROR, checks.short_postal_codes,
         "Insurers want nine digits where one bills and where the service took place: {}.",
         "Add the four digits behind the ZIP code."),
    Rule("BILLING_POST_OFFICE_BOX", ERROR, checks.post_office_box,
         "The organization's address is a post office box.",
         "PUT /organization with a street; insurers refuse a box there."),
    Rule("ADDRESS_INVALID", ERROR, checks.addresses,
         "State or city cannot be right: {}.",
         "Correct the address."),
    Rule("NAME_UNSENDABLE", ERROR, checks.names,
         "X12 has no such letters: {}.",
         "Write the name in Latin letters, as the insurance card shows it, without * : ^ ~."),
    Rule("IDENTIFIER_UNSENDABLE", ERROR, checks.identifiers,
         "Too short or too long for a claim, or with characters that X12 does not have: {}.",
         "Copy it from the insurance card or the payer's letter.", ALWAYS),
    Rule("SIGNATURE_MISSING", ERROR, lambda facts: facts.client is not None and not facts.client.signature_on_file,
         "The client has not signed that insurers may be informed.",
         "Have it signed, then set signature_on_file."),
    Rule("BIRTH_DATE_INVALID", ERROR, checks.born_later,
         "Born after the service: {}.",
         "Correct the birth date."),
    # What for.
    Rule("DIAGNOSIS_MISSING", ERROR, lambda facts: facts.client is not None and not facts.client.diagnoses,
         "The record has no diagnosis.",
         "PUT /records/{record_id}/diagnoses with what the session treated; no insurer pays without one."),
    Rule("DIAGNOSIS_INVALID", ERROR, checks.diagnoses,
         "No diagnosis code: {}.",
         "Write it as ICD-10-CM has it, such as F41.1."),
    Rule("DIAGNOSIS_NOT_VALID", ERROR, checks.diagnoses_out_of_date,
         "{}",
         "PUT /records/{record_id}/diagnoses with codes that are valid on the date of service."),
    Rule("TOO_MANY_DIAGNOSES", ERROR, checks.too_many_diagnoses,
         f"A claim has room for {MOST_DIAGNOSES} diagnoses.",
         "Keep those that were treated."),
    # Who is billed.
    Rule("SELF_PAY", ERROR, lambda facts: not facts.insurance_applicable,
         "The session was booked as self-pay.",
         "Bill the client, or replace the record with insurance_applicable (POST /records/{record_id}/replace)."),
    Rule("COVERAGE_MISSING", ERROR, lambda facts: facts.insurance_applicable and (facts.plan is None or facts.payer is None),
         "No plan covered the client on that day when the record was made.",
         "Add the coverage, then replace the record, which prices it anew (POST /records/{record_id}/replace)."),
    Rule("COVERAGE_NOT_IN_FORCE", ERROR, checks.coverage_elapsed,
         "The coverage was not in force on the date of service.",
         "Correct the coverage's dates, or add the right coverage and replace the record (POST /records/{record_id}/replace)."),
    Rule("PAYER_CORRECTED", ERROR, checks.corrected_payer,
         "The coverage's payer was corrected after the record was made.",
         "Claim the record in its place; where there is none, replace the record."),
    Rule("OUT_OF_NETWORK", ERROR, lambda facts: facts.plan is not None and facts.plan.mode == Mode.OUT_OF_NETWORK,
         "The payer is out of network: the client pays.",
         "Give the client a superbill to claim it back."),
    Rule("SUBSCRIBER_MISSING", ERROR, checks.subscriber,
         "The client is a dependent, but the subscriber is missing.",
         "Add a coverage that names the subscriber."),
    Rule("AUTHORIZATION_NUMBER_MISSING", ERROR, checks.authorization,
         "The payer authorises visits, but no authorization number is on file.",
         "PATCH the coverage with the number of the payer's letter."),
    Rule("FILING_CODE_UNKNOWN", ERROR, lambda facts: facts.payer is not None and facts.payer.claim_filing_code not in FILING_CODES,
         "There is no such kind of payer as the payer's claim_filing_code states.",
         "PATCH the payer, for example with CI or BL."),
    Rule("PAYER_INACTIVE", WARNING, lambda facts: facts.payer is not None and not facts.payer.is_active,
         "The payer is no longer active here.",
         "Check whether it still takes claims."),
    # What is claimed.
    Rule("MISSED_SESSION", ERROR, lambda facts: facts.kind != RecordKind.SESSION,
         "The record is a fee for a no-show or cancellation.",
         "Bill the client; insurers do not pay these fees."),
    Rule("NOTHING_CLAIMABLE", ERROR, lambda facts: not facts.lines,
         "No line of the record may go to an insurer.",
         "Bill the client: composites, fees and internal services are not claimable."),
    Rule("LINES_LEFT_OUT", WARNING, checks.lines_left_out,
         "These lines are not claimed and stay with the client: {}.",
         "Check that the client knows."),
    Rule("CODE_NOT_CLAIMABLE", ERROR, checks.codes,
         "No insurer accepts these codes: {}.",
         "Bill codes of five characters; fees and composites stay private."),
    Rule("MODIFIER_INVALID", ERROR, checks.modifiers,
         "No modifier: {}.",
         "A modifier has two characters."),
    Rule("UNITS_INVALID", ERROR, checks.units,
         "Less than one unit: {}.",
         "Replace the record with its units (POST /records/{record_id}/replace)."),
    Rule("CHARGE_ZERO", ERROR, checks.charges,
         "Nothing is charged for {}.",
         "Replace the record without it or at its rate (POST /records/{record_id}/replace)."),
    Rule("TOTAL_MISMATCH", ERROR, checks.total,
         "The claim comes to {}.",
         "Report it: such a record must not exist."),
    Rule("TOO_MANY_LINES", ERROR, checks.too_many_lines,
         f"A claim has room for {MOST_LINES} lines.",
         "Bill the rest as another record."),
    # Where and how.
    Rule("PLACE_OF_SERVICE_UNKNOWN", ERROR, checks.place_of_service,
         "There is no such place of service.",
         "PUT the facility, or PATCH the payer for sessions by video or audio, with a code such as 11 or 10."),
    Rule("TELEHEALTH_PLACE_OF_SERVICE", ERROR, lambda facts: facts.telehealth and facts.place_of_service not in {*TELEHEALTH_PLACES, None},
         "The session was by video or audio, but its place of service states otherwise.",
         "PATCH the payer: telehealth_place_of_service is 10 or 02."),
    Rule("TELEHEALTH_MODIFIER_MISSING", ERROR, checks.telehealth_modifier,
         "The modifier of a session by video or audio is missing for {}.",
         "Replace the record with its modality (POST /records/{record_id}/replace)."),
    # When.
    Rule("SERVICE_DATE_IN_FUTURE", ERROR, lambda facts: facts.service_date > facts.requested_on,
         "The date of service lies ahead.",
         "Claim it once it has taken place."),
    Rule("TIMELY_FILING", ERROR, checks.too_late,
         "The service is more than {} days ago: no payer takes the claim any more.",
         "Write the insurer's part off, or ask the payer for an exception.", ORIGINAL),
    Rule("TIMELY_FILING_NEAR", WARNING, checks.soon_too_late,
         "The service is more than {} days ago, and many contracts want the claim by then.",
         "Look into the payer's contract, and claim it today.", ORIGINAL),
    # What came before.
    Rule("RECORD_VOIDED", ERROR, lambda facts: facts.payment_status is PaymentStatus.VOIDED,
         "The record is voided.",
         "Claim the record that replaces it; void a claim already sent with frequency 8."),
    Rule("RECORD_DENIED", ERROR, lambda facts: facts.payment_status is PaymentStatus.DENIED,
         "The payer has denied it.",
         "Correct what the denial states, then claim it with frequency 7.", ORIGINAL),
    Rule("RECORD_SETTLED", WARNING, checks.settled,
         "Nothing is owed on this record any more.",
         "Claim it only if the payer should count it."),
    Rule("ALREADY_CLAIMED", ERROR, checks.already_claimed,
         "It was claimed already, as {}.",
         "Wait for the payer's answer. What the payer has is replaced with frequency 7 or voided with 8, under the payer's own number.",
         ORIGINAL),
    Rule("NEVER_CLAIMED", ERROR, checks.never_claimed,
         "No claim was sent that this one could replace or void; one that was rejected never reached the payer.",
         "Claim it with frequency 1.", AMENDING),
    Rule("ALREADY_WITHDRAWN", ERROR, checks.withdrawn,
         "The claim was withdrawn already, on {}.",
         "Nothing more is to be done, unless the payer rejects the withdrawal.", frozenset({Frequency.VOID})),
    Rule("NOTHING_TO_REPLACE", ERROR, checks.withdrawn,
         "The claim was withdrawn on {}, so none is left to replace.",
         "Claim the record with frequency 1.", frozenset({Frequency.REPLACEMENT})),
    Rule("CLAIM_REPLACED", ERROR, checks.replaced,
         "{} is already replaced by another claim.",
         "Amend the claim of the record that replaces this one.", AMENDING),
    Rule("PAYER_REFERENCE_MISSING", ERROR, checks.no_reference,
         "A replacement or void names the payer's own number of the claim, and {} has none yet.",
         "Wait for the payer's 277CA or remittance, which has the number, or enter it in payer_references.", AMENDING),
    Rule("PAYER_CHANGED", ERROR, checks.other_payer,
         "The former claim, {}, went to another payer.",
         "Void that claim with frequency 8, then claim this record.", frozenset({Frequency.REPLACEMENT})),
)  # fmt: skip

FLAGS: Final[Mapping[str, Severity]] = MappingProxyType({
    FlagCode.COMPOSITE_NOT_CLAIMABLE: ERROR,
    FlagCode.AUTHORIZATION_REQUIRED: ERROR,
    FlagCode.ADD_ON_WITHOUT_PRIMARY: ERROR,
    FlagCode.SAME_DAY_CONFLICT: ERROR,
    FlagCode.PATIENT_ABSENT: ERROR,
    FlagCode.MINUTES_CODE_MISMATCH: WARNING,
    FlagCode.UNITS_EXCEED_MAX: WARNING,
    FlagCode.SERVICE_UNKNOWN: WARNING,
})  # fmt: skip
"""What a record was flagged with that matters to an insurer, and how much."""


def scrub(facts: ClaimFacts) -> tuple[Finding, ...]:
    """Return everything that speaks against a claim of this frequency, errors first, otherwise in the order of the table.

    Flags of the record's price count as findings where ``FLAGS`` names them; a void (8) is checked only by the rules that name it.
    """
    found = [_finding(rule, broken) for rule in RULES if facts.frequency in rule.of and (broken := rule.breaks(facts))]
    if facts.frequency in REQUESTING:
        found += [flag.model_copy(update={"severity": FLAGS[flag.code]}) for flag in facts.flags if flag.code in FLAGS]
    return tuple(sorted(found, key=lambda finding: finding.severity is not ERROR))


def refuses(findings: tuple[Finding, ...]) -> bool:
    """Whether any finding is an error, which keeps the claim from being sent."""
    return any(finding.severity is ERROR for finding in findings)


def _finding(rule: Rule, broken: str | bool) -> Finding:  # noqa: FBT001 (an answer, not a switch)
    message = rule.message.replace("{}", broken) if isinstance(broken, str) else rule.message
    return Finding(code=rule.code, severity=rule.severity, message=message, suggestion=rule.suggestion)
