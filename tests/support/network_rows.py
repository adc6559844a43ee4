"""A network of realistic shape with many bookings, written into private databases by set-based SQL.

500 rooms at 25 sites, 600 therapists with working hours and breaks, a client for every twenty bookings. Each database is
filled from the same numbers, so that a session has the same id, room, time and hold in scheduling and in rooms. Bookings lie
around today: four fifths before it, one fifth after it.
"""

from string import Template
from typing import Final

import asyncpg

from support.network_books import BILLING, CATALOG, facts

SITES: Final = 25
ROOMS_AT_A_SITE: Final = 20
THERAPISTS: Final = 600
SERVICES: Final = 7
BOOKED_PERCENT: Final = 60
"""Of a therapist's working hours."""
HOURS_A_WEEK: Final = 7 * 5
ZONE: Final = "America/New_York"
LOAD_S: Final = 900

IDS: Final = """
    CREATE FUNCTION pg_temp.id(at timestamptz, salt text) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
        SELECT CAST(lpad(to_hex(CAST(extract(epoch FROM at) * 1000 AS bigint)), 12, '0') || '7' || substr(md5(salt), 1, 3)
            || '8' || substr(md5(salt), 4, 15) AS uuid)
    $$;
    CREATE FUNCTION pg_temp.fixed(salt text) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$ SELECT pg_temp.id('2020-01-01Z', salt) $$
"""
"""Ids as the services mint them: sorted by the time at which they were made."""

BOOKINGS: Final = """
    CREATE TEMP TABLE placed AS
    SELECT therapist, starts_at, place
    FROM (
        SELECT therapist, starts_at, row_number() OVER (PARTITION BY therapist % $sites, starts_at ORDER BY therapist) AS place
        FROM (
            SELECT therapist,
                (CAST(day AS timestamp) + make_interval(hours => 9 + hour + 2 * (therapist % 2))) AT TIME ZONE '$zone' AS starts_at
            FROM generate_series(current_date - $days_before, current_date + $days_after, '1 day') AS day,
                generate_series(0, $last_therapist) AS therapist, generate_series(0, 7) AS hour
            WHERE extract(isodow FROM day) < 6 AND 9 + hour + 2 * (therapist % 2) <> 12
                AND abs(hashtext(therapist || '.' || CAST(day AS date) || '.' || hour)) % 100 < $booked
        ) AS wanted
    ) AS wanted
    WHERE place <= $rooms;
    CREATE TEMP TABLE booking AS
    SELECT CAST(row_number() OVER (ORDER BY starts_at, therapist) AS integer) AS n, therapist, therapist % $sites AS site, place AS room,
        starts_at, starts_at + interval '1 hour' AS ends_at, starts_at - interval '14 days' AS made_at,
        pg_temp.id(starts_at - interval '14 days', 'session' || therapist || starts_at) AS id,
        pg_temp.id(starts_at - interval '14 days', 'hold' || therapist || starts_at) AS hold_id
    FROM (
        (SELECT * FROM placed WHERE starts_at < current_date ORDER BY starts_at DESC, therapist LIMIT $past)
        UNION ALL (SELECT * FROM placed WHERE starts_at >= current_date ORDER BY starts_at, therapist LIMIT $bookings - $past)
    ) AS chosen;
    DROP TABLE placed;
    ANALYZE booking
"""

HOURS: Final = """{"mon":[["08:00","20:00"]],"tue":[["08:00","20:00"]],"wed":[["08:00","20:00"]],"thu":[["08:00","20:00"]],
    "fri":[["08:00","20:00"]],"sat":[["08:00","20:00"]]}"""

SCHEDULING: Final = (
    """
    INSERT INTO service_replica (id, service_code, service_name, standard_duration, kind, is_active, rates, version)
    SELECT pg_temp.fixed('service' || n), '9083' || n, 'Psychotherapy ' || n, 60, 'base', true,
        '[{"amount": "185.00", "effective_from": "2020-01-01", "effective_to": null}]', 1
    FROM generate_series(0, $last_service) AS n
    """,
    """
    INSERT INTO site_replica (id, site_name, time_zone, opening_hours, special_days, is_active, version)
    SELECT pg_temp.fixed('site' || n), 'Site ' || n, '$zone', '$hours', '[]', true, 1 FROM generate_series(0, $last_site) AS n
    """,
    """
    INSERT INTO room_replica (id, site_id, room_number, room_name, capacity, equipment, is_active, version)
    SELECT pg_temp.fixed('room' || site || '.' || n), pg_temp.fixed('site' || site), CAST(100 + n AS text), 'Room ' || n, 2 + n % 4, '{}',
        true, 1
    FROM generate_series(0, $last_site) AS site, generate_series(1, $rooms) AS n
    """,
    """
    INSERT INTO therapist (id, full_name, time_zone, site_ids, is_active, created_at, updated_at, version, working_hours, breaks)
    SELECT pg_temp.fixed('therapist' || n), 'Therapist ' || lpad(CAST(n AS text), 4, '0'), '$zone', '{}', true, now(), now(), 1,
        (SELECT jsonb_object_agg(pg_temp.fixed('site' || site), jsonb_object_agg) FROM generate_series(0, $last_site) AS site,
            (SELECT jsonb_object_agg(day, jsonb_build_array(jsonb_build_array(lpad(CAST(9 + 2 * (n % 2) AS text), 2, '0') || ':00',
                CAST(17 + 2 * (n % 2) AS text) || ':00'))) FROM unnest('{mon,tue,wed,thu,fri}'::text[]) AS day) AS week
         WHERE site = n % $sites OR site = 0),
        '{"mon":[["12:00","13:00"]],"tue":[["12:00","13:00"]],"wed":[["12:00","13:00"]],"thu":[["12:00","13:00"]],"fri":[["12:00","13:00"]]}'
    FROM generate_series(0, $last_therapist) AS n
    """,
    """
    INSERT INTO time_off (id, therapist_id, starts_at, ends_at, reason)
    SELECT pg_temp.fixed('off' || n || '.' || week), pg_temp.fixed('therapist' || n), at, at + interval '3 days', 'vacation'
    FROM generate_series(0, $last_therapist, 7) AS n, generate_series(0, 4) AS week,
        LATERAL (SELECT CAST(current_date + week * 21 + n % 5 AS timestamp) AT TIME ZONE '$zone' AS at) AS begun
    """,
    """
    INSERT INTO client (id, full_name, time_zone, created_at, updated_at, version)
    SELECT pg_temp.fixed('client' || n), 'Client ' || lpad(CAST(n AS text), 6, '0'), 'UTC', now(), now(), 1
    FROM generate_series(0, $clients - 1) AS n
    """,
    """
    INSERT INTO series (id, client_id, site_id, rrule, mode, problems, created_at)
    SELECT pg_temp.id(min(made_at), 'series' || n / 12), pg_temp.fixed('client' || n / 12 % $clients), pg_temp.fixed('site' || 0),
        'FREQ=WEEKLY;COUNT=12', 'best_effort', '[]', min(made_at)
    FROM booking WHERE n % 60 < 12 GROUP BY n / 12
    """,
    """
    INSERT INTO session (id, client_id, other_client_ids, therapist_id, service_id, service_code, service_name, site_id,
        starts_at, ends_at, calculated_rate, insurance_applicable, capacity, equipment, status, room_id, room_number, hold_id, confirmed,
        pending_client_ids, pending_is_chosen, alternatives, obstacles, attended, asks, add_ons, version,
        created_at, updated_at, cancellation_reason, series_id)
    SELECT booking.id, pg_temp.fixed('client' || n % $clients), '{}', pg_temp.fixed('therapist' || therapist),
        pg_temp.fixed('service' || n % $services), '9083' || n % $services, 'Psychotherapy ' || n % $services,
        pg_temp.fixed('site' || site), starts_at, ends_at, 185, n % 3 > 0, NULL, '{}', status,
        pg_temp.fixed('room' || site || '.' || room), CAST(100 + room AS text), hold_id, true,
        '{}', true, '[]', '{}', '{}', 0, '[]', 3, made_at, ends_at, CASE status WHEN 'cancelled' THEN 'client' END, series.id
    FROM booking
    LEFT JOIN (
        SELECT n / 12 AS number, pg_temp.id(min(made_at), 'series' || n / 12) AS id FROM booking WHERE n % 60 < 12 GROUP BY n / 12
    ) AS series ON series.number = n / 12,
    LATERAL (SELECT CASE WHEN n % 20 = 0 THEN 'cancelled' WHEN ends_at >= now() THEN 'booked' WHEN n % 50 = 1 THEN 'no_show'
        ELSE 'completed' END AS status) AS became
    ORDER BY n
    """,
    """
    INSERT INTO taken (person_id, starts_at, ends_at, session_id)
    SELECT therapist_id, starts_at, ends_at, id FROM session WHERE status <> 'cancelled'
    UNION ALL SELECT client_id, starts_at, ends_at, id FROM session WHERE status <> 'cancelled'
    """,
    """
    INSERT INTO timeline (session_id, at, event, detail)
    SELECT session.id, created_at + step * interval '20 milliseconds', (ARRAY['requested', 'booked', 'completed'])[step], 'as planned'
    FROM session, generate_series(1, 3) AS step ORDER BY session.id, step
    """,
    """
    INSERT INTO waitlist_entry (id, client_id, service_id, site_id, earliest, latest, equipment, insurance_applicable, created_at,
        withdrawn_at)
    SELECT pg_temp.id(made_at, 'entry' || n), pg_temp.fixed('client' || n % $clients), pg_temp.fixed('service0'),
        pg_temp.fixed('site' || site), now(), now() + interval '30 days', '{}', false, made_at, CASE WHEN n % 200 > 0 THEN made_at END
    FROM booking WHERE n % 20 = 0 ORDER BY n
    """,
    """
    INSERT INTO override (session_id, at, reason, rules)
    SELECT id, made_at, 'agreed by telephone', '[{"code": "short-notice", "message": "Booked late."}]'
    FROM booking WHERE n % 25 = 0 ORDER BY n
    """,
)

ROOMS: Final = (
    """
    INSERT INTO site (id, site_name, time_zone, opening_hours, address, is_active, version, created_at, updated_at)
    SELECT pg_temp.fixed('site' || n), 'Site ' || n, '$zone', '$hours', '1 Harbor Street', true, 1, now(), now()
    FROM generate_series(0, $last_site) AS n
    """,
    """
    INSERT INTO room (id, site_id, room_number, room_name, capacity, equipment, turnover_minutes, notes, position, is_active,
        version, created_at, updated_at)
    SELECT pg_temp.fixed('room' || site || '.' || n), pg_temp.fixed('site' || site), CAST(100 + n AS text), 'Room ' || n, 2 + n % 4,
        '{}', 0, '', n, true, 1, now(), now()
    FROM generate_series(0, $last_site) AS site, generate_series(1, $rooms) AS n
    """,
    """
    INSERT INTO hold (id, session_id, site_id, room_id, starts_at, ends_at, occupied_until, status, reason, reasons, alternatives,
        equipment, outside_hours, created_at, updated_at)
    SELECT hold_id, id, pg_temp.fixed('site' || site), pg_temp.fixed('room' || site || '.' || room), starts_at, ends_at, ends_at,
        CASE WHEN n % 20 = 0 THEN 'released' ELSE 'confirmed' END, CASE WHEN n % 20 = 0 THEN 'client' END, '{}', '[]', '{}', false,
        made_at, made_at
    FROM booking ORDER BY n
    """,
    """
    INSERT INTO hold (id, session_id, site_id, room_id, starts_at, ends_at, occupied_until, status, reason, reasons, alternatives,
        equipment, outside_hours, created_at, updated_at)
    SELECT pg_temp.id(made_at, 'refused' || n), pg_temp.id(made_at, 'unbooked' || n), pg_temp.fixed('site' || site), NULL, starts_at,
        ends_at, ends_at, 'refused', 'booked', '{booked}', '[]', '{}', false, made_at, made_at
    FROM booking WHERE n % 30 = 0 ORDER BY n
    """,
    """
    INSERT INTO block (id, site_id, room_id, starts_at, ends_at, reason, created_at, over_sessions)
    SELECT pg_temp.fixed('block' || site || '.' || n || '.' || week), pg_temp.fixed('site' || site),
        pg_temp.fixed('room' || site || '.' || n), at, at + interval '9 hours', 'maintenance', now(), false
    FROM generate_series(0, $last_site) AS site, generate_series(1, $rooms) AS n, generate_series(-20, 20) AS week,
        LATERAL (SELECT (current_date + week * 7 - CAST(extract(isodow FROM current_date) AS integer) + 7 + interval '21 hours')
            AT TIME ZONE '$zone' AS at) AS begun
    """,
)
LOADS: Final = {
    "scheduling": (BOOKINGS, *SCHEDULING),
    "rooms": (BOOKINGS, *ROOMS),
    "catalog": CATALOG,
    "billing": (BOOKINGS, *BILLING),
}


SWITCH_INDEXES_OFF: Final = """
    UPDATE pg_index SET indisready = false, indisvalid = false WHERE CAST(CAST(indrelid AS regclass) AS text) = ANY($1)
"""
"""As those of a broken CREATE INDEX CONCURRENTLY are: nothing is written to them. REINDEX fills them at once and switches them on again."""
TABLES: Final = "SELECT CAST(tablename AS text) FROM pg_tables WHERE schemaname = 'public'"


def clients_of(bookings: int) -> int:
    """Return how many clients a network with so many bookings has."""
    return max(bookings // 20, 100)


async def write_network(dsn: str, service: str, bookings: int) -> None:
    """Write the part of the network that a service keeps into its migrated database, as somebody who may pass over triggers.

    What triggers keep, as the sums of the books, the statements write too.
    """
    days = bookings / (THERAPISTS * HOURS_A_WEEK / 7 * BOOKED_PERCENT / 100)
    numbers = {
        "bookings": bookings,
        "clients": clients_of(bookings),
        "past": bookings * 4 // 5,
        "days_before": round(days * 0.9) + 7,
        "days_after": round(days * 0.3) + 7,
        "sites": SITES,
        "last_site": SITES - 1,
        "rooms": ROOMS_AT_A_SITE,
        "last_therapist": THERAPISTS - 1,
        "services": SERVICES,
        "last_service": SERVICES - 1,
        "booked": BOOKED_PERCENT,
        "zone": ZONE,
        "hours": HOURS,
        **facts(),
    }
    connection = await asyncpg.connect(dsn.replace("+asyncpg", ""), command_timeout=LOAD_S)
    try:
        await connection.execute("SET session_replication_role = replica")
        await connection.execute("SET maintenance_work_mem = '512MB'; SET work_mem = '256MB'; SET temp_buffers = '512MB'")
        await connection.execute(IDS)
        tables = [table for (table,) in await connection.fetch(TABLES)]
        await connection.execute(SWITCH_INDEXES_OFF, tables)
        for statement in LOADS[service]:
            await connection.execute(Template(statement).substitute(numbers))
        await connection.execute("DROP TABLE IF EXISTS booking")
        for table in tables:
            await connection.execute(f"REINDEX TABLE {table}")
        await connection.execute("VACUUM (ANALYZE)")
    finally:
        await connection.close()
