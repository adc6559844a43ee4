"""Everything that decisions about some requests need of others is read by one statement."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import asyncpg
from chassis.data.database import Database
from contracts.types import ClientId, RoomId, ServiceId, SiteId, TherapistId, new_id
from scheduling.decisions.queries import load_reference_data
from scheduling.decisions.requests import Named
from scheduling.settings import Settings
from testing import MakeDatabase
from testing.statements import statements_of

HERE, THERE, ELSEWHERE = (SiteId(new_id()) for _ in range(3))
SERVICE, OTHER_SERVICE = (ServiceId(new_id()) for _ in range(2))
ROOM, THERAPIST, CLIENT = RoomId(new_id()), TherapistId(new_id()), ClientId(new_id())
TODAY = datetime.now(UTC).replace(hour=9, minute=0, second=0, microsecond=0)
WEEK = '{"mon": [["09:00", "17:00"]]}'
ROWS = (
    (
        (
            "INSERT INTO service_replica (id, service_code, service_name, standard_duration, kind, is_active, rates, version, min_clients)"
            " VALUES ($1, '90837', 'Psychotherapy', 60, 'base', true, $2, 1, 2)"
        ),
        (SERVICE, '[{"amount": "185.00", "effective_from": "2020-01-01", "effective_to": null}]'),
    ),
    *(
        (
            (
                "INSERT INTO site_replica (id, site_name, time_zone, opening_hours, special_days, is_active, version)"
                " VALUES ($1, 'Harbor Street', 'America/New_York', $2, $3, true, 1)"
            ),
            (site, WEEK, '[{"day": "2031-03-04", "spans": []}]'),
        )
        for site in (HERE, THERE, ELSEWHERE)
    ),
    (
        (
            "INSERT INTO room_replica (id, site_id, room_number, room_name, capacity, equipment, is_active, version)"
            " VALUES ($1, $2, '201', 'Oak', 4, '{video}', true, 1)"
        ),
        (ROOM, HERE),
    ),
    (
        (
            "INSERT INTO therapist (id, full_name, time_zone, site_ids, is_active, created_at, updated_at, version, working_hours, breaks)"
            " VALUES ($1, 'Ruth Adler', 'UTC', $2, true, now(), now(), 1, $3, $4)"
        ),
        (THERAPIST, [HERE], f'{{"{HERE}": {WEEK}}}', '{"mon": [["12:00", "13:00"]]}'),
    ),
    *(
        (
            "INSERT INTO time_off (id, therapist_id, starts_at, ends_at, reason) VALUES ($1, $2, $3, $4, 'away')",
            (new_id(), THERAPIST, TODAY + timedelta(days=days), TODAY + timedelta(days=days, microseconds=1)),
        )
        for days in (20, -60, 10)
    ),
    (
        "INSERT INTO client (id, full_name, time_zone, created_at, updated_at, version) VALUES ($1, 'Jonas Weber', 'UTC', now(), now(), 1)",
        (CLIENT,),
    ),
    *(
        ("INSERT INTO policy (scope, rules, version, updated_at) VALUES ($1, $2, 1, now())", (scope, rules))
        for scope, rules in (("default", '{"notice_minutes": 30, "client_sessions_a_day": 2}'), (str(SERVICE), '{"notice_minutes": 60}'))
    ),
    *(
        ("INSERT INTO travel_time (one_site_id, other_site_id, minutes) VALUES ($1, $2, $3)", (*sorted(sites), minutes))
        for sites, minutes in (({HERE, THERE}, 20), ({HERE, ELSEWHERE}, 30), ({THERE, ELSEWHERE}, 90))
    ),
)


async def test_reference_data_is_read_by_one_statement(make_database: MakeDatabase) -> None:
    url = await make_database("scheduling")
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    for sql, parameters in ROWS:
        await connection.execute(sql, *parameters)
    await connection.close()
    database = Database(Settings(database_url=url, broker_url="amqp://nowhere"))
    named = Named(services=[SERVICE, OTHER_SERVICE], sites=[HERE], rooms=[ROOM, None], therapists=[THERAPIST], clients=[CLIENT])
    with statements_of(database) as sent:
        async with database.reading() as db:
            found = await load_reference_data(db, named)
            nothing = await load_reference_data(db, Named())
    await database.close()
    assert len(sent) == 2

    [(service_id, service)] = found.services.items()
    assert (service_id, service.service_code, service.duration, service.min_clients) == (SERVICE, "90837", timedelta(hours=1), 2)
    assert service.rate_on(TODAY.date()) == Decimal("185.00")
    [(site_id, site)] = found.sites.items()
    assert (site_id, site.zone.key, site.day(TODAY)) == (HERE, "America/New_York", TODAY.date())
    assert site.hours.spans(datetime(2031, 3, 3, tzinfo=UTC).date()) == (("09:00", "17:00"),)
    assert site.hours.spans(datetime(2031, 3, 4, tzinfo=UTC).date()) == ()
    assert [(room.id, room.site_id, room.room_number, room.equipment) for room in found.rooms.values()] == [(ROOM, HERE, "201", {"video"})]
    [(therapist_id, therapist)] = found.therapists.items()
    assert (therapist_id, therapist.site_ids, therapist.is_active) == (THERAPIST, (HERE,), True)
    assert therapist.time.hours == {HERE: {"mon": (("09:00", "17:00"),)}}
    assert therapist.time.breaks == {"mon": (("12:00", "13:00"),)}
    assert [begin for begin, _ in therapist.time.off] == [TODAY + timedelta(days=10), TODAY + timedelta(days=20)]
    assert found.clients == {CLIENT: "Jonas Weber"}
    assert (found.policies.of(SERVICE).notice, found.policies.of(OTHER_SERVICE).notice) == (timedelta(hours=1), timedelta(minutes=30))
    assert {found.policies.of(service).client_a_day for service in (SERVICE, OTHER_SERVICE)} == {2}
    assert found.policies.travel == {
        frozenset((HERE, THERE)): timedelta(minutes=20),
        frozenset((HERE, ELSEWHERE)): timedelta(minutes=30),
    }, "no journey of a therapist to or from these sites passes by others"

    assert not (nothing.services)
    assert not (nothing.sites)
    assert not (nothing.rooms)
    assert not (nothing.therapists)
    assert not (nothing.clients)
    assert not (nothing.policies.travel)
    assert nothing.policies.default.notice == timedelta(minutes=30)
