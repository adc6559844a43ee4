"""Everything that changes the catalog: load, decide, record, and publish the whole new state."""

from collections import Counter
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from datetime import date
from heapq import nsmallest
from typing import Any, Final
from zoneinfo import ZoneInfo

from chassis.data.database import ReadSession, Transaction
from chassis.errors import LISTED_AT_MOST, Conflict, DomainError, FieldError, Invalid
from chassis.named_times import NamedTime
from chassis.rows.changes import assign, check_version, count_version, require
from contracts.catalog import AnnounceServices, EffectiveRate, ServiceChanged
from contracts.types import RateId, ServiceId, new_id
from pydantic import MISSING

from catalog import domain, queries, sheet, tables
from catalog.domain import Description, Finding
from catalog.schemas import (
    Imported,
    LineError,
    NewRate,
    NewService,
    RateView,
    ServiceChanges,
    ServiceView,
    SheetChange,
    SheetCheck,
    SheetLine,
)
from catalog.tables import RateRow, ServiceRow

MOST_NAMED: Final = 10
"""Errors of a sheet that the detail spells out; the list has them all."""


async def add_service(body: NewService, by: str, zone: ZoneInfo, tx: Transaction) -> ServiceView:
    """Add a service with its first rate; Invalid names everything that is wrong with it, Conflict where its code is taken."""
    today = domain.day_of(tx.now, zone)
    known = await tables.known_codes(tx, domain.mentioned(body))
    _refuse([*domain.check(body, known), *domain.check_first_day(body.effective_from, today)])
    service, rate = await _add(body, by, today, tx)
    tx.send(service_changed(service, [rate]))
    return queries.view(service, rate.amount)


async def change_service(
    service_id: ServiceId, changes: ServiceChanges, expected: int | None, zone: ZoneInfo, tx: Transaction
) -> ServiceView:
    """Change what is written about a service; its price is scheduled, not changed.

    NotFound when there is none, Invalid where it contradicts itself, Stale on an older version.
    """
    service = await _lock(service_id, tx)
    check_version(service.version, expected)
    rates = (await tables.rates_of(tx, [service_id]))[service_id]
    today = domain.day_of(tx.now, zone)
    wanted = _merge(service, changes)
    known = await tables.known_codes(tx, domain.mentioned(wanted))
    base_rate = None if changes.base_rate is MISSING else changes.base_rate
    _refuse([*domain.check(wanted, known), *domain.check_kept_price(rates, base_rate, today)])
    if assign(service, _columns(wanted)):
        await _count(service, rates, today, tx)
        tx.send(service_changed(service, rates))
    return queries.view(service, domain.in_force(rates, today).amount)


async def add_rate(service_id: ServiceId, body: NewRate, by: str, zone: ZoneInfo, tx: Transaction) -> RateView:
    """Schedule a price from a day on; the rate before it ends the day before.

    NotFound without that service, Invalid for a day that has passed, Conflict where another rate begins on that day or later.
    """
    service = await _lock(service_id, tx)
    rates = (await tables.rates_of(tx, [service_id]))[service_id]
    today = domain.day_of(tx.now, zone)
    _refuse(domain.check_scheduled_day(body.effective_from, today))
    if other := domain.in_the_way(rates, body.effective_from):
        found = domain.overlap(other, today)
        raise Conflict(found.code, found.message, [_error(found)], rate=RateView.model_validate(other))
    rate = await _schedule(service, rates, body, by, tx)
    await _count(service, [*rates, rate], today, tx)
    tx.send(service_changed(service, [*rates, rate]))
    return RateView.model_validate(rate)


async def withdraw_rate(service_id: ServiceId, rate_id: RateId, zone: ZoneInfo, tx: Transaction) -> RateView:
    """Withdraw a rate that is not in force yet; the rate before it ends when the withdrawn one would have ended.

    NotFound when there is no such rate, Conflict where it is in force.

    Sessions that were booked with the withdrawn rate keep it, as they keep every rate that they were promised.
    """
    service = await _lock(service_id, tx)
    rates = (await tables.rates_of(tx, [service_id]))[service_id]
    today = domain.day_of(tx.now, zone)
    rate = require({one.id: one for one in rates}.get(rate_id), "rate", rate_id)
    if words := domain.why_kept(rate, today):
        raise Conflict("rate-in-force", words)
    withdrawn = RateView.model_validate(rate)
    before = rates[rates.index(rate) - 1]
    await tables.remove_rate(tx, rate_id)
    before.effective_to = withdrawn.effective_to
    remaining = [one for one in rates if one is not rate]
    await _count(service, remaining, today, tx)
    tx.send(service_changed(service, remaining))
    return withdrawn


async def import_services(lines: sheet.ReadSheet, by: str, zone: ZoneInfo, tx: Transaction) -> Imported:
    """Add and change services as a sheet states: all of them or, if a single line is wrong, none; Invalid names each.

    Nobody else writes meanwhile, so no code of the sheet is taken after it was compared, which would be a Conflict.
    """
    await tables.keep_writers_out(tx)
    today = domain.day_of(tx.now, zone)
    rows, present, rates = await _compare(lines, today, tx)
    done = Counter[str]()
    for row in rows:
        service = present.get(row.service.service_code)
        if service is None:
            added, rate = await _add(row.service, by, today, tx)
            tx.send(service_changed(added, [rate]))
            done["added"] += 1
        elif await _import_again(service, row.service, rates[service.id], by, today, tx):
            tx.send(service_changed(service, rates[service.id]))
            done["changed"] += 1
        else:
            done["unchanged"] += 1
    return Imported(added=done["added"], changed=done["changed"], unchanged=done["unchanged"])


async def check_import(lines: sheet.ReadSheet, today: date, db: ReadSession) -> SheetCheck:
    """Return what a sheet would change, line by line; Invalid names everything that is wrong with it; nothing is written."""
    rows, present, rates = await _compare(lines, today, db)
    changed = list[SheetLine]()
    for row in rows:
        service = present.get(row.service.service_code)
        changes = _foresee(service, row.service, rates[service.id], today) if service else []
        if service is None or changes:
            code, name = row.service.service_code, row.service.service_name
            changed.append(SheetLine(line=row.line, service_code=code, service_name=name, is_new=service is None, changes=changes))
    added = sum(line.is_new for line in changed)
    return SheetCheck(added=added, changed=len(changed) - added, unchanged=len(rows) - len(changed), lines=changed)


async def announce_services(_: Sequence[AnnounceServices], tx: Transaction) -> None:
    """Publish every service again, as it was published last."""
    services = await tables.every_service(tx)
    rates = await tables.rates_of(tx, [service.id for service in services])
    for service in services:
        tx.send(service_changed(service, rates[service.id]))


async def put_rates_in_force(due: Sequence[ServiceId], zone: ZoneInfo, tx: Transaction) -> None:
    """Announce services whose scheduled rate came into force since they were last announced."""
    today = domain.day_of(tx.now, zone)
    rates = await tables.rates_of(tx, due)
    for service in await tables.services_with(tx, due):
        await _count(service, rates[service.id], today, tx)
        tx.send(service_changed(service, rates[service.id]))


async def _lock(service_id: ServiceId, tx: Transaction) -> ServiceRow:
    return require(await tx.lock(ServiceRow, service_id), "service", service_id)


async def _add(body: NewService, by: str, today: date, tx: Transaction) -> tuple[ServiceRow, RateRow]:
    service = ServiceRow(
        id=ServiceId(new_id()), **_columns(body), announced_rate=body.base_rate, version=1, created_at=tx.now, updated_at=tx.now
    )
    if not await tables.add_if_free(tx, service):
        raise Conflict("code-taken", f"The catalog has a service {body.service_code} already. Change that one, or choose another code.")
    since = body.effective_from or domain.usual_first_day(today)
    rate = _rate(service, NewRate(amount=body.base_rate, effective_from=since), by, tx)
    tx.add(rate)
    return service, rate


def _rate(service: ServiceRow, body: NewRate, by: str, tx: Transaction) -> RateRow:
    return RateRow(
        id=RateId(new_id()),
        service_id=service.id,
        amount=body.amount,
        effective_from=body.effective_from,
        effective_to=None,
        created_at=tx.now,
        created_by=by,
    )


async def _schedule(service: ServiceRow, rates: Sequence[RateRow], body: NewRate, by: str, tx: Transaction) -> RateRow:
    rates[-1].effective_to = body.effective_from - domain.ONE_DAY
    await tx.flush()
    rate = _rate(service, body, by, tx)
    tx.add(rate)
    return rate


async def _compare(
    lines: sheet.ReadSheet, today: date, db: ReadSession
) -> tuple[list[sheet.SheetRow], dict[str, ServiceRow], dict[ServiceId, list[RateRow]]]:
    """Return the lines of a sheet and the catalog that it is about, or refuse it with every bad line."""
    rows, errors = lines[0], list(lines[1])
    present = {service.service_code: service for service in await tables.every_service(db)}
    rates = await tables.rates_of(db, [service.id for service in present.values()])
    known = present.keys() | {row.service.service_code for row in rows}
    for row in rows:
        service = present.get(row.service.service_code)
        found = _check_line(row.service, service, rates[service.id] if service else [], known, today)
        errors.extend(LineError(line=row.line, field=finding.field, code=finding.code, message=finding.message) for finding in found)
    if errors:
        raise _unimportable(errors)
    return rows, present, rates


def _foresee(service: ServiceRow, row: NewService, rates: Sequence[RateRow], today: date) -> list[SheetChange]:
    """Find what a line would change of a service, each value as a sheet writes it."""
    changes = [(name, getattr(service, name), value) for name, value in _columns(_merge(service, row)).items()]
    if not domain.is_priced(rates, row.base_rate, row.effective_from, today):
        present = domain.in_force(rates, today)
        changes.append(("base_rate", present.amount, row.base_rate))
        changes.append(("effective_from", present.effective_from, row.effective_from))
    return [
        SheetChange(field=name, before=sheet.write_cell(before), after=sheet.write_cell(after))
        for name, before, after in changes
        if before != after
    ]


def _check_line(
    row: NewService, service: ServiceRow | None, rates: Sequence[RateRow], known: AbstractSet[str], today: date
) -> list[Finding]:
    if service is None:
        return [*domain.check(row, known), *domain.check_first_day(row.effective_from, today)]
    return [*domain.check(_merge(service, row), known), *domain.check_sheet_price(rates, row.base_rate, row.effective_from, today)]


async def _import_again(service: ServiceRow, row: NewService, rates: list[RateRow], by: str, today: date, tx: Transaction) -> bool:
    """Change a service as its line states; return whether that changed anything."""
    changed = assign(service, _columns(_merge(service, row)))
    if not domain.is_priced(rates, row.base_rate, row.effective_from, today):
        rate = NewRate(amount=row.base_rate, effective_from=row.effective_from or today)
        rates.append(await _schedule(service, rates, rate, by, tx))
        changed = True
    if changed:
        await _count(service, rates, today, tx)
    return changed


def _unimportable(errors: Sequence[LineError]) -> DomainError:
    first = nsmallest(LISTED_AT_MOST, errors, key=lambda error: (error.line, error.field))
    lines = len({error.line for error in errors})
    detail = f"Nothing was imported, because {lines} {'line is' if lines == 1 else 'lines are'} wrong. " + " ".join(
        f"Line {error.line}, {error.field}: {error.message}" for error in first[:MOST_NAMED]
    )
    problem = Invalid("invalid-sheet", detail, first)
    if omitted := len(errors) - len(first):
        problem.members["errors_omitted"] = omitted
    return problem


async def _count(service: ServiceRow, rates: Sequence[RateRow], today: date, tx: Transaction) -> None:
    """Make this the next version of a service, to be announced with the rate in force today."""
    count_version(service, tx.now)
    service.announced_rate = domain.in_force(rates, today).amount
    await tx.flush()


def service_changed(service: ServiceRow, rates: Sequence[RateRow]) -> ServiceChanged:
    """Return what a service is now, with all its rates."""
    return ServiceChanged(
        id=service.id,
        service_code=service.service_code,
        service_name=service.service_name,
        service_type=service.service_type,
        standard_duration=service.standard_duration,
        base_rate=service.announced_rate,
        billing_category=service.billing_category,
        description=service.description,
        is_active=service.is_active,
        kind=service.kind,
        components=tuple(service.components),
        min_minutes=service.min_minutes,
        max_minutes=service.max_minutes,
        claimable=service.claimable,
        requires_primary=tuple(service.requires_primary),
        excludes_same_day=tuple(service.excludes_same_day),
        max_units_per_day=service.max_units_per_day,
        billed_per=service.billed_per,
        min_clients=service.min_clients,
        version=service.version,
        created_at=service.created_at,
        updated_at=service.updated_at,
        rates=tuple(
            EffectiveRate(amount=rate.amount, effective_from=rate.effective_from, effective_to=rate.effective_to) for rate in rates
        ),
    )


def _columns(service: Description) -> dict[str, Any]:
    """Return a description as the table keeps it."""
    values = {name: getattr(service, name) for name in Description.model_fields}
    lists = {name: list(value) for name, value in values.items() if isinstance(value, tuple)}
    return {**values, **lists, "claimable": service.payable_by}


def _merge(service: ServiceRow, changes: ServiceChanges | NewService) -> Description:
    """Return the description as it would be; a price or day among the changes is not part of it."""
    present = Description.model_validate(service).model_dump()
    return Description.model_validate({**present, **changes.model_dump(exclude_unset=True)})


def _error(found: Finding) -> FieldError:
    times = [NamedTime.of_day(day) for day in found.days] or None
    return FieldError(field=found.field, code=found.code, message=found.message, times=times)


def _refuse(findings: Sequence[Finding]) -> None:
    """Refuse with everything that was found, if anything was."""
    if findings:
        errors = [_error(found) for found in findings]
        slug = findings[0].code if len(findings) == 1 else "invalid-service"
        raise Invalid(slug, " ".join(found.message for found in findings), errors)
