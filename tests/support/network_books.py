"""What catalog and billing keep of a network: services with their rates, and the books of its completed sessions.

Two thirds of the sessions are insured. A record is claimed in the night after its session, in files of a hundred, and paid
within a month, in one remittance a day and payer; three in a hundred are never paid.
"""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from billing.claim_rules.facts import (
    Claim,
    ClientFacts,
    FacilityFacts,
    Frequency,
    LineFacts,
    OrganizationFacts,
    PayerFacts,
    PlanFacts,
    ProviderFacts,
)
from billing.document_facts.people import Address, Client, Facility, Organization, Provider
from billing.documents.good_faith import Estimate, Item
from billing.documents.queries import ESTIMATE
from billing.parties import schemas
from billing.payment_advice.advice import ANSWER, Adjustment, ClaimPayment, ServicePayment
from contracts.types import ClientId, RecordId

from support.repository import ROOT

PAYERS: Final = 12
CODES: Final = 40
"""Of a payer's contract."""
SAMPLE: Final = ROOT / "shared" / "contracts" / "contracts" / "samples" / "catalog.service_changed.v1.json"
DAY: Final = date(2026, 3, 2)
CHARGE: Final = Decimal("185.00")
OFF: Final = Decimal("20.00")
NOBODY: Final = UUID(int=0)


def _example(body: Any) -> dict[str, Any]:  # noqa: ANN401 (a class of billing's parties)
    return dict(body.model_config["json_schema_extra"]["examples"][0])


ORGANIZATION: Final = _example(schemas.Organization)
FACILITY: Final = _example(schemas.Facility)
PROVIDER: Final = _example(schemas.Provider)
PROFILE: Final = _example(schemas.ClientProfile)


def _claim() -> dict[str, Any]:
    claim = Claim(
        control_number="HF000000001",
        frequency=Frequency.ORIGINAL,
        payer_reference=None,
        record_id=RecordId(NOBODY),
        telehealth=False,
        service_date=DAY,
        organization=OrganizationFacts.model_validate(ORGANIZATION),
        facility=FacilityFacts.model_validate(FACILITY),
        provider=ProviderFacts.model_validate(PROVIDER),
        client=ClientFacts.model_validate(PROFILE, strict=False),
        payer=PayerFacts(id=NOBODY, payer_name="Payer 1", payer_code="P1", claim_filing_code="CI"),
        plan=PlanFacts(id=NOBODY, mode="in_network", member_id="M1", plan_name="Plan", effective_from=DAY),
        place_of_service="11",
        lines=(LineFacts(service_code="90831", units=1, amount=CHARGE),),
        total_amount=CHARGE,
    )
    return claim.model_dump(mode="json")


def _answer() -> dict[str, Any]:
    adjustments = (Adjustment("CO", "45", OFF),)
    line = ServicePayment("90831", (), CHARGE, CHARGE - OFF, Decimal(1), DAY, None, adjustments, (), "")
    answer = ClaimPayment("HF000000001", "1", CHARGE, CHARGE - OFF, None, "REF1", (), (line,), (), "")
    return dict(ANSWER.dump_python(answer, mode="json"))


def _estimate() -> dict[str, Any]:
    here = Address(**FACILITY["address"])
    of_organization = {
        name: ORGANIZATION[name] for name in ("organization_name", "npi", "tax_id", "taxonomy_code", "contact_name", "phone")
    }
    of_client = {name: PROFILE[name] for name in ("last_name", "first_name", "gender", "signature_on_file")}
    estimate = Estimate(
        number=1,
        client_id=ClientId(NOBODY),
        issued_on=DAY,
        valid_until=DAY.replace(year=DAY.year + 1),
        created_at=datetime(2026, 3, 2, tzinfo=UTC),
        organization=Organization(**of_organization, address=here),
        provider=Provider(**PROVIDER),
        facility=Facility(facility_name="Harbor Street", npi=None, address=here, place_of_service="11"),
        client=Client(**of_client, birth_date=date(1988, 5, 17), address=here, diagnoses=("F41.1",)),
        items=(
            Item(
                service_code="90831",
                service_name="Psychotherapy",
                units=1,
                rate_per_unit=CHARGE,
                amount=CHARGE,
                discount=Decimal(0),
                patient_amount=CHARGE,
                dates=(DAY,),
            ),
        ),
    )
    return dict(ESTIMATE.dump_python(estimate, mode="json"))


def facts() -> dict[str, str]:
    """Return the documents that the statements below put in, as SQL literals."""
    service = json.loads(SAMPLE.read_bytes())["data"] | {
        "rates": [{"amount": str(CHARGE), "effective_from": "2020-01-01", "effective_to": None}],
        "excludes_same_day": [],
        "min_minutes": None,
        "max_units_per_day": None,
    }
    documents = {
        "service": service,
        "organization": ORGANIZATION,
        "facility": FACILITY,
        "provider": PROVIDER,
        "profile": PROFILE,
        "claim": _claim(),
        "answer": _answer(),
        "estimate": _estimate(),
    }
    literals = {f"{name}_facts": "'" + json.dumps(each).replace("'", "''") + "'::jsonb" for name, each in documents.items()}
    return literals | {"payers": str(PAYERS), "codes": str(CODES)}


CATALOG: Final = (
    """
    INSERT INTO service (id, service_code, service_name, service_type, standard_duration, announced_rate, billing_category, description,
        is_active, kind, components, claimable, requires_primary, excludes_same_day, version, created_at, updated_at, billed_per,
        min_clients)
    SELECT pg_temp.fixed('service' || n), '9083' || n, 'Psychotherapy ' || n, 'psychotherapy', 60, 185, 'psychotherapy', '', true, 'base',
        '{}', 'insurance', '{}', '{}', 1, now(), now(), 'client', 1
    FROM generate_series(0, $last_service) AS n
    """,
    """
    INSERT INTO rate (id, service_id, amount, effective_from, effective_to, created_at, created_by)
    SELECT pg_temp.fixed('rate' || n || '.' || year), pg_temp.fixed('service' || n), 145 + 5 * (year - 2017), make_date(year, 1, 1),
        CASE WHEN year < 2025 THEN make_date(year, 12, 31) END, now(), 'desk'
    FROM generate_series(0, $last_service) AS n, generate_series(2017, 2025) AS year
    """,
)

RECORDS: Final = """
    CREATE TEMP TABLE charged AS
    SELECT n, id AS session_id, pg_temp.id(ends_at, 'record' || n) AS id, ends_at AS at, CAST(ends_at AT TIME ZONE '$zone' AS date) AS day,
        n % $clients AS client, therapist, site, n % $services AS service, n % $clients % 3 > 0 AS insured,
        1 + n % $clients % $payers AS payer, CASE WHEN n % 33 > 0 AND paid_at < now() THEN paid_at END AS paid_at,
        CASE n % $clients % 3 WHEN 0 THEN 0 WHEN 1 THEN 165 ELSE 140 END AS insurer,
        CASE n % $clients % 3 WHEN 0 THEN 0 ELSE 20 END AS off,
        n / 150 AS batch,
        CASE WHEN n % $clients % 3 > 0 AND ends_at < now() - interval '12 hours' THEN ends_at + interval '12 hours' END AS claimed_at
    FROM booking, LATERAL (SELECT date_trunc('day', ends_at) + (1 + n % 30) * interval '1 day' AS paid_at) AS paid
    WHERE n % 20 > 0 AND n % 50 <> 1 AND ends_at < now();
    ANALYZE charged
"""
POSTINGS: Final = """
    CREATE TEMP TABLE posted AS
    SELECT pg_temp.id(at, 'charge' || n) AS id, id AS record_id, 'charge' AS kind, at AS posted_at, NULL AS payer, NULL AS method,
        185 - off - insurer AS patient, insurer, off, -185 AS earned, 0 AS cash FROM charged
    UNION ALL
    SELECT pg_temp.id(paid_at, 'insurer' || n), id, 'payment', paid_at, 'insurer', 'era', 0, -insurer, 0, 0, insurer
    FROM charged WHERE paid_at IS NOT NULL AND insured
    UNION ALL
    SELECT pg_temp.id(paid_at, 'client' || n), id, 'payment', paid_at, 'client', CASE n % 2 WHEN 0 THEN 'card' ELSE 'cash' END,
        insurer + off - 185, 0, 0, 0, 185 - off - insurer
    FROM charged WHERE paid_at IS NOT NULL AND insurer + off < 185
"""

BILLING: Final = (
    RECORDS,
    POSTINGS,
    """
    INSERT INTO payer (id, payer_name, payer_code, is_active, claim_filing_code, telehealth_place_of_service, version, created_at,
        updated_at)
    SELECT pg_temp.fixed('payer' || n), 'Payer ' || n, 'P' || n, true, 'CI', '10', 1, now(), now() FROM generate_series(1, $payers) AS n
    """,
    """
    INSERT INTO fee (id, payer_id, service_code, amount, effective_from, effective_to, created_at)
    SELECT pg_temp.fixed('fee' || payer || '.' || n || '.' || year), pg_temp.fixed('payer' || payer), '908' || n, 165 + year - 2025,
        make_date(year, 1, 1), CASE WHEN year < 2025 THEN make_date(year, 12, 31) END, now()
    FROM generate_series(1, $payers) AS payer, generate_series(10, 9 + $codes) AS n, generate_series(2023, 2025) AS year
    """,
    """
    INSERT INTO site_replica (id, site_name, time_zone, version)
    SELECT pg_temp.fixed('site' || n), 'Site ' || n, '$zone', 1 FROM generate_series(0, $last_site) AS n
    """,
    """
    INSERT INTO service_replica (id, service_code, billing_category, said, version)
    SELECT pg_temp.fixed('service' || n), '9083' || n, 'psychotherapy', $service_facts
        || jsonb_build_object('id', pg_temp.fixed('service' || n), 'service_code', '9083' || n, 'service_name', 'Psychotherapy ' || n), 1
    FROM generate_series(0, $last_service) AS n
    """,
    """
    INSERT INTO party (kind, id, facts, version, updated_at)
    SELECT 'organization', CAST('00000000-0000-0000-0000-000000000000' AS uuid), $organization_facts, 1, now()
    UNION ALL SELECT 'facility', pg_temp.fixed('site' || n), $facility_facts, 1, now() FROM generate_series(0, $last_site) AS n
    UNION ALL SELECT 'provider', pg_temp.fixed('therapist' || n), $provider_facts, 1, now() FROM generate_series(0, $last_therapist) AS n
    UNION ALL SELECT 'client', pg_temp.fixed('client' || n), $profile_facts, 1, now() FROM generate_series(0, $clients - 1) AS n
    """,
    """
    INSERT INTO change (id, at, by, what, key, action, after)
    SELECT pg_temp.id(at, 'change' || kind || n), at, 'desk', kind, pg_temp.fixed('client' || n), 'added', $profile_facts
    FROM generate_series(0, $clients - 1) AS n, unnest('{client,coverage}'::text[]) AS kind,
        LATERAL (SELECT now() - ($clients - n) * interval '10 minutes' AS at) AS made
    """,
    """
    INSERT INTO coverage (id, client_id, payer_id, member_id, plan_name, mode, copay, coinsurance_percent, deductible_remaining,
        copay_after_deductible, as_of, effective_from, version, created_at, updated_at)
    SELECT pg_temp.fixed('coverage' || n), pg_temp.fixed('client' || n), pg_temp.fixed('payer' || 1 + n % $payers), 'M' || n, 'Plan',
        'in_network', CASE n % 3 WHEN 1 THEN 0 ELSE 25 END, 0, 0, false, '2020-01-01', '2020-01-01', 1, now(), now()
    FROM generate_series(0, $clients - 1) AS n WHERE n % 3 > 0
    """,
    """
    INSERT INTO discount (id, client_id, percent, reason, effective_from, created_at)
    SELECT pg_temp.fixed('discount' || n), pg_temp.fixed('client' || n), 10, 'sliding scale', '2020-01-01', now()
    FROM generate_series(0, $clients - 1, 30) AS n
    """,
    """
    INSERT INTO quote (session_id, client_id, service_code, service_date, total_amount, contractual_adjustment, other_adjustment,
        patient_amount, insurance_amount, flags, is_void, session_version, quoted_at, insurance_applicable)
    SELECT id, pg_temp.fixed('client' || n % $clients), '9083' || n % $services, CAST(starts_at AT TIME ZONE '$zone' AS date), 185, 0, 0,
        185, 0, '[]', n % 20 = 0, 3, made_at, n % $clients % 3 > 0
    FROM booking ORDER BY n
    """,
    """
    INSERT INTO record (id, kind, session_id, client_id, therapist_id, site_id, service_id, service_code, units, minutes, rate_per_unit,
        total_amount, allowed_amount, contractual_adjustment, other_adjustment, insurance_applicable, insurance_covered, coverage_id,
        payer_id, insurance_amount, copay_amount, deductible_amount, coinsurance_amount, patient_amount, service_date, billing_date, flags,
        payment_status, balance, unapplied_credit, is_claimed, version, revision, session_version, billed_per, diagnoses, created_at,
        updated_at)
    SELECT id, 'session', session_id, pg_temp.fixed('client' || client), pg_temp.fixed('therapist' || therapist),
        pg_temp.fixed('site' || site), pg_temp.fixed('service' || service), '9083' || service, 1, 60, 185, 185, 185 - off, off, 0, insured,
        insured, CASE WHEN insured THEN pg_temp.fixed('coverage' || client) END, CASE WHEN insured THEN pg_temp.fixed('payer' || payer) END,
        insurer, CASE WHEN insured THEN 165 - insurer ELSE 0 END, 0, 0, 185 - off - insurer, day, day, '[]',
        CASE WHEN paid_at IS NOT NULL THEN 'paid' WHEN claimed_at IS NOT NULL THEN 'submitted' ELSE 'pending' END,
        CASE WHEN paid_at IS NULL THEN 185 - off ELSE 0 END, 0, claimed_at IS NOT NULL AND n % 7 > 0, 1, 1, 3, 'client',
        CASE WHEN n % 20 = 1 THEN '[]' ELSE '["F41.1"]' END::jsonb, at, COALESCE(paid_at, at)
    FROM charged ORDER BY n
    """,
    """
    INSERT INTO record_line (record_id, position, service_code, units, rate_per_unit, amount, allowed_amount, contractual_adjustment,
        other_adjustment, deductible_amount, copay_amount, coinsurance_amount, patient_amount, insurance_amount, claimable)
    SELECT id, 1, '9083' || service, 1, 185, 185, 185 - off, off, 0, 0, CASE WHEN insured THEN 165 - insurer ELSE 0 END, 0,
        185 - off - insurer, insurer, true
    FROM charged ORDER BY n
    """,
    """
    INSERT INTO ledger_transaction (id, record_id, kind, posted_at, payer, method, received_date, deposit_date)
    SELECT id, record_id, kind, posted_at, payer, method, CASE kind WHEN 'payment' THEN CAST(posted_at AS date) END,
        CASE kind WHEN 'payment' THEN CAST(posted_at AS date) END
    FROM posted ORDER BY posted_at, id
    """,
    """
    INSERT INTO ledger_entry (transaction_id, record_id, posted_at, account, amount)
    SELECT id, record_id, posted_at, account, amount FROM posted, LATERAL (VALUES
        ('patient_ar', patient), ('payer_ar', insurer), ('contractual_adj', off), ('revenue', earned), ('cash', cash)
    ) AS entry (account, amount)
    WHERE amount <> 0 ORDER BY posted_at, id
    """,
    """
    INSERT INTO claim_batch (id, control_number, x12, created_at, created_by)
    SELECT pg_temp.id(min(claimed_at), 'batch' || batch), batch + 1, repeat('CLM*HF000000001*185***11:B:1~', 100),
        min(claimed_at), 'desk'
    FROM charged WHERE claimed_at IS NOT NULL GROUP BY batch
    """,
    """
    INSERT INTO claim (id, batch_id, record_id, coverage_id, payer_id, control_number, frequency, total_amount, status, facts, created_at,
        updated_at)
    SELECT pg_temp.id(claimed_at, 'claim' || n), batch.id, charged.id, pg_temp.fixed('coverage' || client),
        pg_temp.fixed('payer' || payer), 'HF' || lpad(CAST(n AS text), 9, '0'), '1', 185,
        CASE WHEN paid_at IS NOT NULL THEN 'paid' WHEN n % 7 = 0 THEN 'rejected' WHEN n % 3 = 0 THEN 'accepted' ELSE 'submitted' END,
        $claim_facts || jsonb_build_object('record_id', charged.id, 'service_date', charged.day), claimed_at, claimed_at
    FROM charged JOIN (
        SELECT batch, pg_temp.id(min(claimed_at), 'batch' || batch) AS id FROM charged WHERE claimed_at IS NOT NULL GROUP BY batch
    ) AS batch ON batch.batch = charged.batch
    WHERE claimed_at IS NOT NULL ORDER BY n
    """,
    """
    INSERT INTO claim_line (claim_id, position, service_code, modifiers, units, amount)
    SELECT pg_temp.id(claimed_at, 'claim' || n), 1, '9083' || service, '{}', 1, 185 FROM charged WHERE claimed_at IS NOT NULL ORDER BY n
    """,
    """
    SELECT setval('claim_control_number', (SELECT max(n) FROM charged)::bigint)
    """,
    """
    INSERT INTO claim_acknowledgement (id, kind, digest, x12, received_at, received_by)
    SELECT id, '277CA', id, repeat('STC*A1:20*20260304*WQ*185~', 100), created_at, 'desk' FROM claim_batch
    """,
    """
    INSERT INTO claim_acknowledged (acknowledgement_id, position, claim_id, named, outcome, reasons)
    SELECT batch_id, row_number() OVER (PARTITION BY batch_id ORDER BY id), id, control_number,
        CASE status WHEN 'rejected' THEN 'rejected' ELSE 'accepted' END, '[]'
    FROM claim
    """,
    """
    INSERT INTO remittance (id, status, digest, payer_identifier, trace_number, payer_name, amount, method, payment_date,
        provider_adjustments, problems, x12, received_at, received_by, posted_at, posted_by)
    SELECT pg_temp.id(paid_at, 'remittance' || payer), CASE WHEN payer = 1 AND count(*) % 50 = 0 THEN 'parked' ELSE 'posted' END,
        pg_temp.id(paid_at, 'remittance' || payer), 'P' || payer, 'T' || payer || extract(epoch FROM paid_at), 'Payer ' || payer,
        sum(insurer), 'ACH', CAST(paid_at AS date), '[]', '[]', repeat('CLP*HF000000001*1*185*165*0~', 100), paid_at, 'desk',
        paid_at, 'desk'
    FROM charged WHERE paid_at IS NOT NULL AND insured GROUP BY paid_at, payer
    """,
    """
    INSERT INTO remittance_claim (remittance_id, position, control_number, claim_id, record_id, outcome, said, transaction_ids, sequence)
    SELECT pg_temp.id(paid_at, 'remittance' || payer), row_number() OVER (PARTITION BY paid_at, payer ORDER BY n),
        'HF' || lpad(CAST(n AS text), 9, '0'), pg_temp.id(claimed_at, 'claim' || n), id, 'paid', $answer_facts,
        ARRAY[pg_temp.id(paid_at, 'insurer' || n)], 1
    FROM charged WHERE paid_at IS NOT NULL AND insured
    """,
    """
    INSERT INTO estimate (id, number, client_id, issued_on, total_amount, facts, created_at, created_by)
    SELECT pg_temp.id(at, 'estimate' || n), n / 10 + 1, pg_temp.fixed('client' || client), day, 185,
        $estimate_facts || jsonb_build_object('client_id', pg_temp.fixed('client' || client), 'number', n / 10 + 1), at, 'desk'
    FROM charged WHERE n % 10 = 3 ORDER BY n
    """,
    """
    INSERT INTO comparison (id, started_at, completed_at, sessions, attended)
    SELECT pg_temp.fixed('comparison' || n), now() - n * interval '1 day', now() - n * interval '1 day', 1000, 1000
    FROM generate_series(1, 30) AS n
    """,
    """
    INSERT INTO books_total (what, amount)
    SELECT payment_status, COUNT(*) FROM record GROUP BY payment_status
    UNION ALL SELECT 'entries', COALESCE(SUM(amount), 0) FROM ledger_entry
    UNION ALL SELECT 'untied', (SELECT COALESCE(SUM(balance), 0) FROM record)
        - (SELECT COALESCE(SUM(amount), 0) FROM ledger_entry WHERE account IN ('patient_ar', 'payer_ar'))
    """,
    "DROP TABLE charged, posted",
)
