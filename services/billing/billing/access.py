"""Who may do what in billing. What sets an amount in general (a fee, a discount) and what posts one in particular need different people."""

from typing import Final

from chassis.access.table import OPERATE, REPAIR, Table

QUOTE: Final = "read quotes"
"""What a session costs whom, and estimates in good faith."""
ESTIMATE: Final = "make estimates"
BALANCE: Final = "read balances"
"""What a client owes, as their statement shows it."""
TAKE: Final = "take payments"
"""Takes what a client pays, and prints the receipt."""
RECORDS: Final = "read records"
"""Records, their postings and what is printed of them."""
POST: Final = "post to records"
"""Adjusts, writes off, refunds, reverses, moves, replaces and voids."""
DIAGNOSES: Final = "change diagnoses"
CLAIMS: Final = "read claims"
SUBMIT: Final = "submit claims"
"""Submits claims, and posts what payers answer."""
COVERAGES: Final = "read coverages"
"""Who is insured where, and how a client is billed."""
INSURE: Final = "change coverages"
PAYERS: Final = "read payers"
"""Payers, their fees and the network's own data on claims."""
RATES: Final = "change fees"
"""Payers, fees and discounts."""
PARTIES: Final = "change parties"
"""The network, its facilities and providers as claims name them, and the list of diagnosis codes."""
REPORTS: Final = "read reports"
CHANGES: Final = "read changes"
"""Who changed what."""
MEND: Final = "repair records"

TABLE: Final = Table(
    routes={
        "preview": QUOTE,
        "preview_series": QUOTE,
        "list_quotes": QUOTE,
        "list_estimates": QUOTE,
        "find_estimate": QUOTE,
        "print_estimate": QUOTE,
        "add_estimate": ESTIMATE,
        "print_statement": BALANCE,
        "list_credits": BALANCE,
        "take_payment": TAKE,
        "print_receipt": TAKE,
        "list_records": RECORDS,
        "total_records": RECORDS,
        "find_record": RECORDS,
        "export_records_csv": RECORDS,
        "export_records_xlsx": RECORDS,
        "read_ledger": RECORDS,
        "fill_cms1500": RECORDS,
        "show_charge_items": RECORDS,
        "show_claim": RECORDS,
        "print_superbill": RECORDS,
        "search_charge_items": RECORDS,
        "search_claims": RECORDS,
        "preview_replacement": POST,
        "adjust_record": POST,
        "move_credit": POST,
        "refund_record": POST,
        "replace_record": POST,
        "reverse_posting": POST,
        "void_record": POST,
        "write_off_record": POST,
        "put_diagnoses": DIAGNOSES,
        "use_diagnoses": DIAGNOSES,
        "list_claims": CLAIMS,
        "list_unclaimed": CLAIMS,
        "find_claim_batch": CLAIMS,
        "read_claim_file": CLAIMS,
        "find_acknowledgement": CLAIMS,
        "read_acknowledgement": CLAIMS,
        "list_remittances": CLAIMS,
        "find_remittance": CLAIMS,
        "read_remittance_835": CLAIMS,
        "check_claims": SUBMIT,
        "submit_claims": SUBMIT,
        "receive_acknowledgement": SUBMIT,
        "receive_remittance": SUBMIT,
        "assign_payment": SUBMIT,
        "discard_remittance": SUBMIT,
        "post_remittance": SUBMIT,
        "list_coverages": COVERAGES,
        "list_discounts": COVERAGES,
        "find_client_profile": COVERAGES,
        "add_coverage": INSURE,
        "change_coverage": INSURE,
        "put_client_profile": INSURE,
        "list_payers": PAYERS,
        "find_payer": PAYERS,
        "list_fees": PAYERS,
        "export_fees": PAYERS,
        "read_fee_impact": PAYERS,
        "find_organization": PAYERS,
        "find_facility": PAYERS,
        "find_provider": PAYERS,
        "read_network": PAYERS,
        "list_diagnosis_codes": PAYERS,
        "describe_diagnosis_codes": PAYERS,
        "add_payer": RATES,
        "change_payer": RATES,
        "add_fee": RATES,
        "change_fee": RATES,
        "import_fees": RATES,
        "add_discount": RATES,
        "change_discount": RATES,
        "put_organization": PARTIES,
        "put_facility": PARTIES,
        "put_provider": PARTIES,
        "check_diagnosis_codes": PARTIES,
        "import_diagnosis_codes": PARTIES,
        "remove_diagnosis_codes": PARTIES,
        "report_adjustments": REPORTS,
        "report_aging": REPORTS,
        "report_daily_close": REPORTS,
        "report_denials": REPORTS,
        "report_reconciliation": REPORTS,
        "report_revenue": REPORTS,
        "report_unbilled": REPORTS,
        "report_variance": REPORTS,
        "repair_reconciliation": MEND,
        "list_changes": CHANGES,
    },
    roles={
        "front_desk": frozenset({QUOTE, ESTIMATE, BALANCE, TAKE, COVERAGES, INSURE, PAYERS}),
        "therapist": frozenset({QUOTE, DIAGNOSES}),
        "biller": frozenset(
            {QUOTE, ESTIMATE, BALANCE, TAKE, RECORDS, POST, DIAGNOSES, CLAIMS, SUBMIT, COVERAGES, INSURE, PAYERS, REPORTS, CHANGES}
        ),
        "rate_admin": frozenset({QUOTE, PAYERS, RATES, CHANGES}),
        "site_manager": frozenset({QUOTE, ESTIMATE, BALANCE, COVERAGES, PAYERS, REPORTS}),
        "auditor": frozenset({QUOTE, BALANCE, RECORDS, CLAIMS, COVERAGES, PAYERS, REPORTS, CHANGES}),
        "operator": frozenset({OPERATE, REPAIR, MEND}),
        "admin": frozenset({QUOTE, PAYERS, PARTIES, CHANGES, OPERATE, REPAIR, MEND}),
    },
    scopes={
        "billing:read": frozenset({QUOTE, BALANCE, RECORDS, CLAIMS, COVERAGES, PAYERS, REPORTS}),
        "billing:write": frozenset({QUOTE, ESTIMATE, BALANCE, TAKE, RECORDS, POST, DIAGNOSES, CLAIMS, SUBMIT, COVERAGES, INSURE, PAYERS}),
        "operations": frozenset({OPERATE, REPAIR, MEND}),
    },
)
