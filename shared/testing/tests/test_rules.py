"""Each rule reports the code that breaks it, however that is written, and nothing else."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import chassis
import pytest
from testing.rules import OF_A_SERVICE, Package, Rule, messages, ownership, purity, revisions, sending, shape, sql, unused, vocabulary
from testing.rules.vocabulary import REPLACED

LONG: Final = "x = 1\n" * 401
SOUND: Final = {
    "clinic/__init__.py": "",
    "clinic/main.py": "from fastapi import FastAPI\n",
    "clinic/tables.py": '"""The base."""\nPUBLISHED: Final = "published_"\ndef append_rows(tx, entity, rows): ...\n',
    "clinic/holds/__init__.py": '"""Holds."""\nfrom clinic.holds.api import router\ndef capability(): return Capability(router)\n',
    "clinic/holds/api.py": """
from chassis.http.problems import Problem
from fastapi import APIRouter
from clinic.holds import use_cases
from clinic.holds.use_cases import release
ROUTES = [use_cases.hold, lambda tx: release(tx)]
""",
    "clinic/holds/use_cases.py": """
from clinic.holds import rules, tables
from clinic.places import queries as places_queries
from contracts.rooms import HoldsAnswered, RequestHolds
SQL = 'SELECT FROM published_room'
def hold(tx): tx.send(HoldsAnswered(answers=_answers(tx)))
def release(tx): send(tx, _answers(tx), RequestHolds)
def send(tx, answers, *kinds): [tx.send(answer) for answer in answers]
def _answers(tx): ...
""",
    "clinic/places/use_cases.py": """
from sqlalchemy import delete, insert
from clinic.places import tables
from clinic.places.tables import RoomRow, room_table
from clinic.tables import append_rows
def put(tx):
    tx.execute(insert(RoomRow))
    tx.execute(insert(RoomRow.__table__))
    tx.execute(delete(room_table))
    tx.execute(delete(tables.RoomRow))
    append_rows(tx, RoomRow, [])
""",
    "clinic/holds/schemas.py": "from chassis.bodies.models import Body\n",
    "clinic/holds/rules.py": """
from datetime import date, datetime
from uuid import UUID
from chassis.errors import Conflict
from clinic.places import layout
from contracts.types import new_id
from pydantic import BaseModel
if TYPE_CHECKING:
    from clinic.places.tables import RoomRow
def decide(now: datetime, today: date, room: 'RoomRow') -> UUID: return layout.first(room, today) or new_id()
""",
    "clinic/holds/tables.py": 'class HoldRow:\n    __tablename__ = "hold"\nMINE = "UPDATE hold SET a = 1"\n',
    "clinic/places/__init__.py": '"""Places."""\ncapability: Final = Capability()\n',
    "clinic/places/api.py": "from clinic.holds.api import ROUTES\n",
    "clinic/places/layout.py": """
class Plan:
    number: int
    def __init__(self, version): self.version = version
def first(room, day):
    room.update(day=day)
    plan = Plan(1)
    plan.number, plan.walls = 2, 3
""",
    "clinic/places/queries.py": '"""It is not read from hold."""\nfrom clinic.places.tables import RoomRow\n',
    "clinic/places/tables.py": """
class RoomRow:
    __tablename__: str = "room"
    version: Mapped[int]
    number: Mapped[int]
room_table: Final = cast("CoreTable", RoomRow.__table__)
NUMBERS = Sequence("number", metadata=Table.metadata)
""",
    "migrations/versions/0001_first.py": """
from alembic import op
revision = "0001"
down_revision = None
op.execute("CREATE TABLE room (id uuid)")
""",
}
RULES: Final = "clinic/holds/rules.py"
QUERIES: Final = "clinic/places/queries.py"
FOREIGN: Final = "from clinic.places.tables import RoomRow\n"
USE_CASES: Final = "clinic/places/use_cases.py"
EDGE: Final = "clinic/places/messages.py"
SENDING: Final = "def change(tx): tx.send(room_changed(tx))\n"
TABLES: Final = "clinic/holds/tables.py"
WRITING: Final = "clinic/holds/use_cases.py"
REVISION: Final = "migrations/versions/0002_next.py"


HANDLED: Final = {EDGE: "from clinic.places import use_cases\nHANDLERS = [use_cases.change]\n"}


def package(folder: Path, changed: Mapping[str, str]) -> Package:
    """Write a service with two capabilities, changed as stated."""
    for name, content in {**SOUND, **changed}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    return Package(folder / "clinic")


FLAT: Final = {
    "__init__.py": "",
    "main.py": "from catalog import api",
    "settings.py": "import os",
    "api.py": "from catalog import sheet, use_cases",
    "use_cases.py": "from catalog import domain, tables",
    "queries.py": "from catalog.schemas import View",
    "schemas.py": "from catalog.domain import Line",
    "tables.py": "import sqlalchemy",
    "domain.py": "from datetime import date",
    "sheet.py": "from catalog.schemas import View",
}


def flat(folder: Path, changed: Mapping[str, str]) -> Package:
    """Write a service without capabilities, changed as stated."""
    (folder / "catalog").mkdir(parents=True)
    for name, content in {**FLAT, **changed}.items():
        (folder / "catalog" / name).write_text(content)
    return Package(folder / "catalog")


@pytest.mark.parametrize("rule", [rule for rule in OF_A_SERVICE if rule is not sql.what_is_published_is_read_by_another_capability])
def test_a_sound_service_follows_the_rule(rule: Rule, tmp_path: Path) -> None:
    assert rule(package(tmp_path, {})) == []


@pytest.mark.parametrize(
    ("rule", "module", "content"),
    [
        (shape.modules_have_at_most_four_hundred_lines, "clinic/main.py", LONG),
        (shape.modules_have_at_most_four_hundred_lines, "clinic/holds/rules.py", LONG),
        (shape.no_two_modules_are_taken_for_each_other, "clinic/holds/rule.py", ""),
        (shape.no_two_modules_are_taken_for_each_other, "clinic/hold.py", ""),
        (shape.no_module_stands_beside_the_capabilities, "clinic/helpers.py", ""),
        (shape.modules_are_named_by_what_is_in_them, "clinic/holds/utils.py", ""),
        (shape.modules_are_named_by_what_is_in_them, "clinic/common/__init__.py", ""),
        (shape.the_edge_alone_begins_transactions_and_main_reads_settings, USE_CASES, "async def put(database): database.transaction()"),
        (shape.the_edge_alone_begins_transactions_and_main_reads_settings, QUERIES, "def find(): return Settings.from_environment()"),
        (shape.the_edge_alone_begins_transactions_and_main_reads_settings, USE_CASES, "from http.client import HTTPConnection"),
        (shape.the_edge_alone_begins_transactions_and_main_reads_settings, "clinic/main.py", "from fastapi import APIRouter"),
        (sending.a_function_named_send_names_no_message, WRITING, "def send(tx, kinds): [tx.send(room_changed()) for kind in kinds]"),
        (sending.a_function_named_send_names_no_message, WRITING, "async def send(tx, answer): tx.send(HoldsAnswered(answers=[answer]))"),
        (shape.capabilities_have_at_most_ten_files_in_one_folder, "clinic/holds/inner/__init__.py", ""),
        (shape.a_module_of_another_capability_has_its_owner_in_its_name, RULES, "from clinic.places import queries"),
        (shape.a_module_of_another_capability_has_its_owner_in_its_name, RULES, "from clinic.places import use_cases as places"),
        (shape.a_module_of_another_capability_has_its_owner_in_its_name, RULES, "from clinic.holds import queries as holds_queries"),
        (purity.schemas_and_modules_of_other_names_are_pure, RULES, "import sqlalchemy"),
        (purity.schemas_and_modules_of_other_names_are_pure, RULES, "import asyncio"),
        (purity.schemas_and_modules_of_other_names_are_pure, RULES, "import socket"),
        (purity.schemas_and_modules_of_other_names_are_pure, RULES, "from urllib.request import urlopen"),
        (purity.schemas_and_modules_of_other_names_are_pure, RULES, "from os import environ"),
        (purity.schemas_and_modules_of_other_names_are_pure, RULES, "from uuid import uuid4"),
        (purity.schemas_and_modules_of_other_names_are_pure, RULES, "import uuid"),
        (purity.schemas_and_modules_of_other_names_are_pure, RULES, "from chassis.data.database import Transaction"),
        (purity.schemas_and_modules_of_other_names_are_pure, RULES, "if TYPE_CHECKING:\n    from chassis.data.database import Transaction"),
        (purity.schemas_and_modules_of_other_names_are_pure, RULES, "from clinic.holds import tables"),
        (purity.schemas_and_modules_of_other_names_are_pure, RULES, "from . import tables"),
        (purity.schemas_and_modules_of_other_names_are_pure, RULES, "from .tables import HoldRow"),
        (purity.schemas_and_modules_of_other_names_are_pure, RULES, "from clinic.places import use_cases"),
        (purity.schemas_and_modules_of_other_names_are_pure, RULES, "from clinic.places.tables import RoomRow"),
        (purity.schemas_and_modules_of_other_names_are_pure, RULES, "from clinic import places"),
        (purity.schemas_and_modules_of_other_names_are_pure, RULES, "from clinic.tables import Table"),
        (purity.schemas_and_modules_of_other_names_are_pure, RULES, "from clinic.main import app"),
        (purity.schemas_and_modules_of_other_names_are_pure, RULES, "async def decide(tx): ..."),
        (purity.schemas_and_modules_of_other_names_are_pure, RULES, "from datetime import UTC, datetime\nMADE = datetime.now(UTC)"),
        (purity.schemas_and_modules_of_other_names_are_pure, RULES, "from datetime import datetime as moment\nMADE = moment.utcnow()"),
        (
            purity.schemas_and_modules_of_other_names_are_pure,
            RULES,
            "from datetime import date\nDAY = field(default_factory=date.today)",
        ),
        (purity.schemas_and_modules_of_other_names_are_pure, RULES, "import time\nMADE = time.time()"),
        (purity.schemas_and_modules_of_other_names_are_pure, RULES, "def decide(name): open(name)"),
        (purity.schemas_and_modules_of_other_names_are_pure, "clinic/holds/schemas.py", "from clinic.holds.tables import HoldRow"),
        (purity.schemas_and_modules_of_other_names_are_pure, "clinic/holds/schemas.py", "async def found(request): ..."),
        (purity.the_edges_alone_read_the_clock, USE_CASES, "from datetime import UTC, datetime\ndef put(tx): return datetime.now(UTC)"),
        (purity.the_edges_alone_read_the_clock, QUERIES, "from datetime import date as day\nTODAY = day.today()"),
        (purity.the_edges_alone_read_the_clock, QUERIES, "import datetime\ndef find(clock=datetime.datetime.utcnow): ..."),
        (purity.the_edges_alone_read_the_clock, TABLES, "from time import time\nMADE = mapped_column(default_factory=time)"),
        (purity.the_edges_alone_read_the_clock, "clinic/places/__init__.py", "import time\nBEGAN = time.time()"),
        (
            purity.schemas_and_modules_of_other_names_are_pure,
            "clinic/places/service.py",
            "class Places:\n    async def change(self, tx): ...",
        ),
        (shape.no_init_of_a_capability_has_more_than_it, "clinic/places/__init__.py", "async def _change(rooms, tx): ..."),
        (shape.no_init_of_a_capability_has_more_than_it, "clinic/places/__init__.py", "PATIENCE: Final = 5"),
        (shape.files_of_a_capability_use_only_those_before_them, "clinic/holds/tables.py", "from clinic.holds.queries import find"),
        (shape.files_of_a_capability_use_only_those_before_them, "clinic/holds/jobs.py", "from clinic.holds import api"),
        (shape.no_capability_uses_another_ones_tables_or_edges, QUERIES, "from clinic.holds.tables import HoldRow"),
        (shape.no_capability_uses_another_ones_tables_or_edges, QUERIES, "from clinic.holds.api import ROUTES"),
        (shape.no_capability_uses_another_ones_tables_or_edges, "clinic/places/api.py", "from clinic.holds import jobs"),
        (shape.no_capability_uses_another_ones_tables_or_edges, QUERIES, "from clinic import holds\nholds.tables.HoldRow"),
        (shape.no_capability_uses_another_ones_tables_or_edges, QUERIES, "from clinic.holds import use_cases\nuse_cases.tables.HoldRow"),
        (shape.no_capability_uses_another_ones_tables_or_edges, QUERIES, "Table.metadata.tables['hold']"),
        (shape.no_capability_uses_another_ones_tables_or_edges, QUERIES, "from clinic.holds.queries import HoldRow"),
        (shape.no_capability_uses_another_ones_tables_or_edges, QUERIES, "from clinic.holds.rules import HoldRow as Held"),
        (shape.no_capability_uses_another_ones_tables_or_edges, QUERIES, "from clinic.holds.use_cases import tables as hold_tables"),
        (shape.no_capability_uses_another_ones_tables_or_edges, QUERIES, "from clinic.holds import queries as holds\nholds.HoldRow.id"),
        (shape.no_capability_uses_another_ones_tables_or_edges, QUERIES, "import clinic.holds.queries\nclinic.holds.queries.HoldRow"),
        (shape.http_is_decided_at_the_edge_alone, QUERIES, "from fastapi import HTTPException"),
        (shape.http_is_decided_at_the_edge_alone, "clinic/holds/rules.py", "import starlette.responses"),
        (shape.http_is_decided_at_the_edge_alone, "clinic/holds/schemas.py", "from fastapi import Query"),
        (shape.http_is_decided_at_the_edge_alone, USE_CASES, "from chassis.http import conventions\nconventions.Response(status_code=409)"),
        (shape.http_is_decided_at_the_edge_alone, USE_CASES, "from chassis.http.conventions import Response"),
        (shape.http_is_decided_at_the_edge_alone, "clinic/holds/schemas.py", "from chassis.http import problems\nproblems.Problem"),
        (shape.http_is_decided_at_the_edge_alone, "clinic/holds/use_cases.py", "from http import HTTPStatus"),
        (shape.http_is_decided_at_the_edge_alone, "clinic/domain.py", "from chassis.http import problems"),
        (sql.no_capability_writes_another_ones_tables, QUERIES, "SQL = 'update hold SET a = 1'"),
        (sql.no_capability_writes_another_ones_tables, QUERIES, "SQL = 'UPDATE ONLY hold SET a = 1'"),
        (sql.no_capability_writes_another_ones_tables, QUERIES, "SQL = 'DELETE FROM \"hold\"'"),
        (sql.no_capability_writes_another_ones_tables, QUERIES, "SQL = 'INSERT INTO public.hold VALUES (1)'"),
        (sql.no_capability_writes_another_ones_tables, QUERIES, "SQL = 'MERGE INTO hold USING a ON b'"),
        (sql.no_capability_writes_another_ones_tables, QUERIES, "SQL = 'TRUNCATE hold'"),
        (sql.no_capability_writes_another_ones_tables, QUERIES, "SQL = 'COPY hold FROM stdin'"),
        (sql.no_capability_reads_another_ones_tables, QUERIES, "SQL = 'select a from hold'"),
        (sql.no_capability_reads_another_ones_tables, QUERIES, "SQL = 'SELECT a FROM \"hold\"'"),
        (sql.no_capability_reads_another_ones_tables, QUERIES, "SQL = f'SELECT {a} FROM public.\"hold\" AS h'"),
        (sql.no_capability_reads_another_ones_tables, QUERIES, "SQL = 'SELECT a FROM ONLY hold'"),
        (sql.no_capability_reads_another_ones_tables, QUERIES, "SQL = 'TABLE hold'"),
        (sql.no_capability_reads_another_ones_tables, "clinic/holds/use_cases.py", "SQL = 'SELECT FROM hold JOIN room USING (id)'"),
        (sql.no_capability_names_another_ones_table_to_sqlalchemy, QUERIES, "table('hold')"),
        (sql.no_capability_names_another_ones_table_to_sqlalchemy, "clinic/tables.py", "table('hold')"),
        (sql.no_capability_names_another_ones_table_to_sqlalchemy, USE_CASES, "table('outbox')"),
        (sql.no_capability_writes_another_ones_tables, USE_CASES, "SQL = 'INSERT INTO outbox VALUES (1)'"),
        (sql.sql_that_writes_stands_in_use_cases_and_tables, QUERIES, "SQL = 'DELETE FROM room RETURNING id'"),
        (sql.sql_that_writes_stands_in_use_cases_and_tables, EDGE, "SQL = 'UPDATE room SET version = 2'"),
        (sql.no_capability_names_another_ones_table_to_sqlalchemy, QUERIES, "sqlalchemy.Table('hold', metadata)"),
        (
            ownership.statements_write_tables_of_their_own_capability,
            WRITING,
            "from clinic.places.queries import ROOM\nfrom sqlalchemy import update\nupdate(ROOM)",
        ),
        (
            ownership.statements_write_tables_of_their_own_capability,
            WRITING,
            "from clinic.places import queries\nfrom sqlalchemy import update\nupdate(queries.ROOM)",
        ),
        (
            ownership.statements_write_tables_of_their_own_capability,
            WRITING,
            "from clinic.places.queries import PlacesRoom\nimport sqlalchemy\nsqlalchemy.update(PlacesRoom)",
        ),
        (
            ownership.statements_write_tables_of_their_own_capability,
            WRITING,
            "from clinic.places.queries import ROOM\nfrom sqlalchemy.dialects.postgresql import insert as upsert\nupsert(ROOM)",
        ),
        (
            ownership.statements_write_tables_of_their_own_capability,
            WRITING,
            "from clinic.places.queries import ROOM\nimport sqlalchemy as sa\nsa.delete(table=ROOM)",
        ),
        (
            ownership.statements_write_tables_of_their_own_capability,
            WRITING,
            "from clinic.places.queries import ROOM\nROOM.update().values(version=2)",
        ),
        (
            ownership.statements_write_tables_of_their_own_capability,
            WRITING,
            "from sqlalchemy import delete\ndef remove(entity): delete(entity)",
        ),
        (ownership.statements_write_tables_of_their_own_capability, WRITING, "from sqlalchemy import delete\ndelete(ROOM.c.id.table)"),
        (
            ownership.statements_write_tables_of_their_own_capability,
            WRITING,
            "from clinic.places.queries import PlacesRoom\nfrom clinic.tables import append_rows\nappend_rows(tx, PlacesRoom, [])",
        ),
        (
            ownership.statements_write_tables_of_their_own_capability,
            TABLES,
            "from clinic.places.queries import ROOM\nfrom sqlalchemy import update\nMINE: Final = ROOM\nupdate(MINE)",
        ),
        (
            ownership.statements_write_tables_of_their_own_capability,
            WRITING,
            "from chassis.data import tables\nfrom sqlalchemy import insert\ninsert(tables.outbox)",
        ),
        (
            ownership.use_cases_alone_write,
            QUERIES,
            "from sqlalchemy import update\nfrom clinic.places.tables import RoomRow\nupdate(RoomRow)",
        ),
        (ownership.use_cases_alone_write, QUERIES, "async def find(db: Transaction): await db.execute(STATEMENT)"),
        (ownership.use_cases_alone_write, QUERIES, "async def find(tx): tx.add(room)"),
        (ownership.use_cases_alone_write, QUERIES, "async def find(db):\n    session = db\n    await session.execute(STATEMENT)"),
        (ownership.use_cases_alone_write, "clinic/holds/jobs.py", "async def look(tx: 'Transaction'): await tx.flush()"),
        (ownership.use_cases_alone_write, "clinic/places/api.py", "import sqlalchemy\nsqlalchemy.delete(RoomRow)"),
        (ownership.use_cases_alone_write, EDGE, "async def change(messages, tx): tx.send(RoomChanged(id=1))"),
        (ownership.use_cases_alone_write, EDGE, "async def change(messages, tx): list(map(tx.send, messages))"),
        (ownership.tables_have_one_name_and_are_reached_by_it, QUERIES, "from clinic.places.tables import RoomRow\nPlacesRoom = RoomRow"),
        (
            ownership.tables_have_one_name_and_are_reached_by_it,
            QUERIES,
            "from clinic.places import tables\nPlacesRoom: Final = tables.RoomRow",
        ),
        (ownership.tables_have_one_name_and_are_reached_by_it, QUERIES, "from clinic.places.tables import RoomRow as PlacesRoom"),
        (
            ownership.tables_have_one_name_and_are_reached_by_it,
            "clinic/tables.py",
            "def touch(tx): tx.execute(Table.metadata.tables['room'].update())",
        ),
        (ownership.tables_have_one_name_and_are_reached_by_it, WRITING, "HoldRow.registry.mappers"),
        (ownership.tables_have_one_name_and_are_reached_by_it, WRITING, "Table.__subclasses__()"),
        (ownership.tables_have_one_name_and_are_reached_by_it, TABLES, "from sqlalchemy.orm import relationship as related"),
        (
            ownership.the_base_of_tables_has_no_sql,
            "clinic/tables.py",
            "async def touch(tx): await tx.execute(text('UPDATE room SET version = 2'))",
        ),
        (ownership.the_base_of_tables_has_no_sql, "clinic/tables.py", "def touch(name): return text(f'DELETE FROM {name}')"),
        (ownership.the_base_of_tables_has_no_sql, "clinic/tables.py", "def touch(name): return text(' '.join(('DELETE', 'FROM', name)))"),
        (ownership.rows_are_changed_in_use_cases_alone, RULES, "def decide(record): record.record.version += 1"),
        (ownership.rows_are_changed_in_use_cases_alone, RULES, "def decide(rooms):\n    for room in rooms: room.version: int = 2"),
        (ownership.rows_are_changed_in_use_cases_alone, RULES, "def decide(room): room.name, room.version = 'a', 2"),
        (ownership.rows_are_changed_in_use_cases_alone, RULES, "def decide(room): setattr(room, 'version', 2)"),
        (ownership.rows_are_changed_in_use_cases_alone, RULES, "def decide(room): object.__setattr__(room, 'version', 2)"),
        (
            ownership.rows_are_changed_in_use_cases_alone,
            RULES,
            "from clinic.places.tables import RoomRow\nclass Plan:\n    version: int\ndef decide(room): room.version = 2",
        ),
        (ownership.a_capability_changes_rows_of_its_own_tables, WRITING, "def hold(tx, room): room.number = 2"),
        (ownership.a_capability_changes_rows_of_its_own_tables, TABLES, "def hold(tx, room): room.number += 2"),
        (
            ownership.rows_of_other_capabilities_are_left_as_they_are,
            WRITING,
            FOREIGN + "def hold(room: RoomRow): room.status = 2",
        ),
        (
            ownership.rows_of_other_capabilities_are_left_as_they_are,
            WRITING,
            FOREIGN + "def hold(room: RoomRow | None): count_version(room, now)",
        ),
        (
            ownership.rows_of_other_capabilities_are_left_as_they_are,
            WRITING,
            FOREIGN + "def hold(*, room: RoomRow): setattr(room, 'a', 1)",
        ),
        (ownership.rows_are_changed_in_use_cases_alone, QUERIES, "async def find(db): room.version = 2"),
        (ownership.rows_are_changed_in_use_cases_alone, EDGE, "async def change(messages, tx): room.version = 2"),
        (shape.routes_and_handlers_know_no_tables, "clinic/places/api.py", "from clinic.places.tables import RoomRow"),
        (shape.routes_and_handlers_know_no_tables, "clinic/places/api.py", "from clinic.places import tables"),
        (shape.routes_and_handlers_know_no_tables, "clinic/places/api.py", "from clinic.places import use_cases\nuse_cases.RoomRow"),
        (shape.routes_and_handlers_know_no_tables, EDGE, "from sqlalchemy import select"),
        (shape.routes_and_handlers_know_no_tables, EDGE, "if TYPE_CHECKING:\n    from clinic.places.tables import RoomRow"),
        (shape.capabilities_use_of_the_chassis_what_is_for_them, USE_CASES, "from chassis.data import tables"),
        (shape.capabilities_use_of_the_chassis_what_is_for_them, USE_CASES, "from chassis.data.tables import outbox"),
        (shape.capabilities_use_of_the_chassis_what_is_for_them, USE_CASES, "from chassis.messaging.broker import Broker"),
        (shape.capabilities_use_of_the_chassis_what_is_for_them, USE_CASES, "import chassis.messaging.outbox"),
        (shape.capabilities_use_of_the_chassis_what_is_for_them, USE_CASES, "from chassis import messaging"),
        (
            sending.only_edges_call_a_function_that_sends,
            EDGE,
            "from clinic.holds import use_cases\nasync def change(messages, tx): await use_cases.send(tx, messages, RoomChanged)",
        ),
        (sending.only_edges_call_a_function_that_sends, "clinic/places/api.py", "def change(tx): tx.send(RoomChanged(id=1))"),
        (revisions.revisions_state_their_ddl_and_take_nothing_from_the_code, REVISION, "from clinic.tables import Table"),
        (revisions.revisions_state_their_ddl_and_take_nothing_from_the_code, REVISION, "op.get_bind()"),
        (revisions.revisions_are_numbered_in_their_order, REVISION, "revision = '9f0c1d2e3a4b'\ndown_revision = '0001'"),
        (revisions.revisions_are_numbered_in_their_order, REVISION, "revision = '0003'\ndown_revision = '0001'"),
        (revisions.revisions_are_numbered_in_their_order, REVISION, "revision = '0002'\ndown_revision = '0000'"),
        (revisions.revisions_are_numbered_in_their_order, REVISION, "revision = '0002'"),
        (revisions.revisions_are_numbered_in_their_order, "migrations/versions/2_next.py", "revision = '0002'\ndown_revision = '0001'"),
        (revisions.revisions_leave_the_time_for_locks_to_the_run, REVISION, "op.execute('SET lock_timeout = 0')"),
        (revisions.revisions_leave_the_time_for_locks_to_the_run, REVISION, "op.execute(f'set local lock_timeout TO {a}')"),
        (
            revisions.revisions_leave_the_time_for_locks_to_the_run,
            REVISION,
            "SQL = \"SELECT set_config('lock_timeout', '0', false)\"",
        ),
        (revisions.revisions_leave_the_time_for_locks_to_the_run, REVISION, "op.execute('RESET ALL')"),
        (revisions.revisions_leave_the_time_for_locks_to_the_run, REVISION, "op.execute('LOCK TABLE room IN ACCESS EXCLUSIVE MODE')"),
        (revisions.revisions_leave_the_time_for_locks_to_the_run, REVISION, "op.execute('SELECT 1; LOCK room')"),
        (vocabulary.no_public_name_has_a_word_that_the_glossary_replaces, QUERIES, "def tell_everybody(): ..."),
        (vocabulary.no_public_name_has_a_word_that_the_glossary_replaces, QUERIES, "def publish(switchboard): ..."),
        (vocabulary.no_public_name_has_a_word_that_the_glossary_replaces, QUERIES, "WISHES: Final = 5"),
        (vocabulary.no_public_name_has_a_word_that_the_glossary_replaces, QUERIES, "OLD = WISHES = 5"),
        (vocabulary.no_public_name_has_a_word_that_the_glossary_replaces, "clinic/holds/wish.py", ""),
        (vocabulary.no_label_has_a_word_that_the_glossary_replaces, QUERIES, "JOB = ScheduledJob('chase holds', every)"),
        (vocabulary.no_label_has_a_word_that_the_glossary_replaces, QUERIES, "raise Conflict('room-in-hand', why)"),
        (vocabulary.no_label_has_a_word_that_the_glossary_replaces, QUERIES, "raise errors.Conflict('room-in-hand', why)"),
        (vocabulary.no_label_has_a_word_that_the_glossary_replaces, QUERIES, "STEP = Step(event='asked again')"),
        (vocabulary.no_label_has_a_word_that_the_glossary_replaces, QUERIES, "THREADS = Pool(2, thread_name_prefix='apart')"),
        (vocabulary.every_table_class_ends_in_row, "clinic/holds/tables.py", 'class Shelf(Table):\n    __tablename__ = "shelf"'),
        (vocabulary.every_table_class_ends_in_row, "clinic/holds/tables.py", 'class Shelf(Table):\n    __tablename__: str = "shelf"'),
        (vocabulary.public_docstrings_name_the_domain_errors_that_are_raised, QUERIES, "def find():\n    raise NotFound('room')"),
        (vocabulary.public_docstrings_name_the_domain_errors_that_are_raised, QUERIES, "def find():\n    raise errors.Conflict('room')"),
        (vocabulary.public_docstrings_name_the_domain_errors_that_are_raised, QUERIES, "def find():\n    return require(row, 'room', key)"),
        (
            vocabulary.public_docstrings_name_the_domain_errors_that_are_raised,
            QUERIES,
            "def find():\n    changes.check_version(row.version, 1)",
        ),
        (vocabulary.public_docstrings_name_the_domain_errors_that_are_raised, QUERIES, "def find():\n    raise invalid(found)"),
    ],
)
def test_what_breaks_a_rule_is_reported(rule: Rule, module: str, content: str, tmp_path: Path) -> None:
    assert rule(package(tmp_path, {module: content}))


@pytest.mark.parametrize(
    ("module", "content"),
    [
        (USE_CASES, f"{SENDING}def other(tx): change(tx)"),
        (USE_CASES, f"{SENDING}async def other(tx): return partial(change, tx)"),
        (QUERIES, "from clinic.places import use_cases as places\ndef other(tx): places.change(tx)"),
        (QUERIES, "from clinic.places.use_cases import change as altered\ndef other(tx): altered(tx)"),
        (USE_CASES, "class Change:\n    def change(self): self.tx.send(room_changed(self))"),
        (USE_CASES, "def change(tx): _announce(tx)\ndef _announce(tx): tx.send(room_changed(tx))"),
    ],
)
def test_a_function_that_sends_below_the_root_function_is_reported(module: str, content: str, tmp_path: Path) -> None:
    clinic = package(tmp_path, {**HANDLED, USE_CASES: SENDING, module: content})
    assert sending.only_edges_call_a_function_that_sends(clinic)
    assert sending.what_is_sent_is_named_where_it_is_sent(clinic) == []


@pytest.mark.parametrize(
    "emits",
    [
        "from clinic.holds.use_cases import send as emit\ndef change(tx): _announce(tx)\ndef _announce(tx): emit(tx, room_changed(tx))",
        "from clinic.holds import use_cases as holds\ndef change(tx): _announce(tx)\ndef _announce(tx): holds.send(tx, room_changed(tx))",
    ],
)
def test_a_function_that_sends_by_another_ones_send_is_reported_whatever_that_is_called(emits: str, tmp_path: Path) -> None:
    clinic = package(tmp_path, {**HANDLED, USE_CASES: emits})
    assert sending.only_edges_call_a_function_that_sends(clinic)


def test_a_message_without_a_name_is_reported_where_it_is_sent_under_another_name(tmp_path: Path) -> None:
    emits = "from clinic.holds.use_cases import send as emit\ndef change(tx): emit(tx, messages)"
    assert len(sending.what_is_sent_is_named_where_it_is_sent(package(tmp_path, {**HANDLED, USE_CASES: emits}))) == 1


@pytest.mark.parametrize(
    ("module", "content"),
    [
        ("domain.py", "from chassis.data.database import Transaction"),
        ("domain.py", "from catalog import tables"),
        ("domain.py", "from catalog.use_cases import change"),
        ("domain.py", "from sqlalchemy import delete"),
        ("domain.py", "async def remove(tx): ..."),
        ("sheet.py", "from datetime import date\nTODAY = date.today()"),
    ],
)
def test_a_service_without_capabilities_is_held_to_pure_modules(module: str, content: str, tmp_path: Path) -> None:
    assert purity.schemas_and_modules_of_other_names_are_pure(flat(tmp_path / "sound", {})) == []
    assert purity.schemas_and_modules_of_other_names_are_pure(flat(tmp_path, {module: content}))


def test_the_files_of_a_service_without_capabilities_have_the_order_of_those_of_a_capability(tmp_path: Path) -> None:
    assert shape.files_of_a_capability_use_only_those_before_them(flat(tmp_path / "sound", {})) == []
    assert shape.files_of_a_capability_use_only_those_before_them(flat(tmp_path, {"tables.py": "from catalog import queries"}))


def test_the_clock_is_read_at_the_edge_and_time_is_measured_anywhere(tmp_path: Path) -> None:
    reading = "from datetime import UTC, datetime\ndef now(): return datetime.now(UTC)"
    measuring = (
        "import time\nfrom sqlalchemy import func\nBEGAN, LATER = time.monotonic(), func.now()\ndef put(tx, now): return tx.now, now.time()"
    )
    changed = {"clinic/places/api.py": reading, EDGE: reading, "clinic/places/jobs.py": reading, USE_CASES: measuring}
    assert purity.the_edges_alone_read_the_clock(package(tmp_path, changed)) == []


@pytest.mark.parametrize("name", [name for name in purity.PLATFORM if name.islower()])
def test_what_pure_modules_use_of_the_chassis_is_pure_itself(name: str) -> None:
    folder = Path(chassis.__file__).parent
    module = folder.joinpath(*name.split(".")[1:]).with_suffix(".py")
    assert list(purity.impurities(Package(folder), module)) == []


@pytest.mark.parametrize("sends", ["tx.send(message)", "tx.send(_fact(tx))", "send(tx, steps)", "list(map(tx.send, messages))"])
def test_a_call_that_sends_something_without_a_name_is_reported(sends: str, tmp_path: Path) -> None:
    clinic = package(tmp_path, {**HANDLED, USE_CASES: f"def change(tx): {sends}"})
    assert len(sending.what_is_sent_is_named_where_it_is_sent(clinic)) == 1
    assert sending.only_edges_call_a_function_that_sends(clinic) == []


@pytest.mark.parametrize("sends", ["tx.send(RoomChanged(id=1))", "tx.send(tables.room_changed(tx))", "tx.send(await _compare_holds(tx))"])
def test_what_is_sent_is_named_by_its_class_or_by_the_function_that_builds_it(sends: str, tmp_path: Path) -> None:
    clinic = package(tmp_path, {**HANDLED, USE_CASES: f"async def change(tx): {sends}"})
    assert sending.what_is_sent_is_named_where_it_is_sent(clinic) == []


def test_an_eleventh_file_of_a_capability_is_reported(tmp_path: Path) -> None:
    changed = {f"clinic/holds/{name}.py": "" for name in ("saga", "ranking", "ledger", "queries", "messages")}
    clinic = package(tmp_path, changed)
    assert shape.capabilities_have_at_most_ten_files_in_one_folder(clinic) == ["clinic/holds: 11 files"]


def test_a_long_word_with_an_error_is_taken_for_the_word_without_and_short_words_are_not(tmp_path: Path) -> None:
    names = ("recurrence", "recurrance", "dates", "rates")
    clinic = package(tmp_path, {f"clinic/holds/{name}.py": "" for name in names})
    assert shape.no_two_modules_are_taken_for_each_other(clinic) == ["recurrance and recurrence"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("clinic/replan/__init__.py", "clinic/replanning/__init__.py"),
        ("clinic/diagnoses/__init__.py", "clinic/diagnosing/__init__.py"),
        ("clinic/pricing/__init__.py", "clinic/pricing/price.py"),
        ("clinic/places/__init__.py", "clinic/holds/placing.py"),
        ("clinic/policies/__init__.py", "clinic/holds/policy.py"),
        ("clinic/holds/book.py", "clinic/holds/booked.py"),
    ],
)
def test_two_forms_of_one_word_are_taken_for_each_other(one: str, other: str, tmp_path: Path) -> None:
    assert len(shape.no_two_modules_are_taken_for_each_other(package(tmp_path, {one: "", other: ""}))) == 1


def test_words_that_share_their_beginning_alone_are_not_taken_for_each_other(tmp_path: Path) -> None:
    names = ("payers", "payments", "claims", "claim_rules", "statement", "stating", "during", "dues")
    clinic = package(tmp_path, {f"clinic/{name}/__init__.py": "" for name in names})
    assert shape.no_two_modules_are_taken_for_each_other(clinic) == []


def test_an_exception_of_the_words_that_is_no_name_is_reported(tmp_path: Path) -> None:
    package(tmp_path, {QUERIES: "def told(): ..."})
    clinic = Package(tmp_path / "clinic", {"told": "its ordinary meaning", "heard": "its ordinary meaning"})
    assert vocabulary.no_public_name_has_a_word_that_the_glossary_replaces(clinic) == []
    assert vocabulary.each_exception_of_the_words_is_still_used(clinic) == ["heard"]


def test_a_label_that_is_an_exception_of_the_words_is_let_pass(tmp_path: Path) -> None:
    package(tmp_path, {QUERIES: "raise Unavailable('unknown-words', why)"})
    clinic = Package(tmp_path / "clinic", {"unknown_words": "its ordinary meaning"})
    assert vocabulary.no_label_has_a_word_that_the_glossary_replaces(clinic) == []
    assert vocabulary.each_exception_of_the_words_is_still_used(clinic) == []


CONTRACT: Final = """
def _known(name): return name
Name = Annotated[str, AfterValidator(_known)]
class RoomChanged(Message):
    @property
    def subject(self):
        \"\"\"The room.\"\"\"
        return self.id
"""


@pytest.mark.parametrize(
    ("added", "reported"),
    [
        ("", 0),
        ("def is_open(room, at): return room.opens <= at", 1),
        ("async def is_open(room): ...", 1),
        ("def _is_open(room): ...", 1),
        ("is_open = lambda room: room.opens", 1),
        ("class Day(Part):\n    def is_open(self): ...", 1),
        ("class Day(Part):\n    @property\n    def weekday(self): return self.day.weekday()", 1),
        ("class Day(Part):\n    @property\n    def subject(self):\n        if self.id:\n            return self.id", 1),
        ("class Day(Part):\n    def subject(self): return self.id", 1),
    ],
)
def test_a_contract_with_logic_is_reported(added: str, reported: int, tmp_path: Path) -> None:
    (tmp_path / "rooms.py").write_text(f"{CONTRACT}{added}")
    (tmp_path / "envelope.py").write_text("def read(headers): ...")
    assert len(messages.contracts_hold_messages_and_value_types_alone(Package(tmp_path))) == reported


@pytest.mark.parametrize(
    "unused_name",
    [
        "def find(db): ...",
        "def find(tree): return find(tree.left)",
        "class Found: ...",
        "MOST: Final = 5",
        "FIRST, LAST = 1, 2\nprint(FIRST)",
        "def _find(db): ...",
        "@cache\ndef find(db): ...",
    ],
)
def test_a_name_that_nothing_uses_is_reported(unused_name: str, tmp_path: Path) -> None:
    clinic = package(tmp_path, {"clinic/holds/queries.py": unused_name, QUERIES: "def find(): ...\nfind()"})
    assert len([each for each in unused.names_that_nothing_uses([clinic]) if each.startswith("clinic/holds/queries.py")]) == 1


@pytest.mark.parametrize(
    ("module", "content"),
    [
        ("clinic/holds/api.py", "@router.get('/holds')\nasync def list_holds(db): ..."),
        ("clinic/main.py", "def app(): ..."),
        (QUERIES, "MOST: Final = 5\nprint(MOST)"),
        (QUERIES, "def _find(db): ...\nprint(_find)"),
        (QUERIES, "lease: Final = Table('lease', metadata)"),
        (QUERIES, "class TotalRow(Table):\n    __tablename__ = 'total'"),
        (QUERIES, "from clinic.holds import use_cases\nuse_cases.hold(tx)"),
        (QUERIES, "from clinic.holds.use_cases import hold as take"),
    ],
)
def test_a_name_that_is_used_is_not_reported(module: str, content: str, tmp_path: Path) -> None:
    clinic = package(tmp_path, {"clinic/holds/api.py": "", "clinic/holds/use_cases.py": "def hold(tx): ...\nhold", module: content})
    assert [each for each in unused.names_that_nothing_uses([clinic]) if each.startswith((module, "clinic/holds/use_cases.py"))] == []


def test_a_name_that_only_another_module_uses_is_not_reported(tmp_path: Path) -> None:
    clinic = package(tmp_path / "service", {QUERIES: "def find(db): ..."})
    script = tmp_path / "script.py"
    script.write_text("from clinic.places.queries import find")
    assert not [each for each in unused.names_that_nothing_uses([clinic], [script]) if "find" in each]


def test_a_folder_without_modules_follows_no_rule(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="has no modules"):
        shape.modules_have_at_most_four_hundred_lines(Package(tmp_path / "nothing"))


def test_the_words_that_are_replaced_are_read_from_the_package() -> None:
    assert {"wish", "switchboard", "told"} <= REPLACED


def test_sql_is_read_with_its_lists_joins_and_parts() -> None:
    statement = """
        WITH part AS (SELECT DISTINCT ON (id) id FROM one WHERE x IS DISTINCT FROM two), other (id) AS MATERIALIZED (SELECT 1 FROM one)
        SELECT extract(year FROM part.day), f(a, b) FROM part LEFT JOIN three AS t USING (id) JOIN {} ON TRUE, LATERAL (
            SELECT FROM four f, ONLY five, (VALUES (six)) AS v, public.seven WHERE f.id = t.id GROUP BY a, b
        ), eight JOIN LATERAL (select from nine) AS n ON f(a, b), ten ORDER BY a, b
    """
    assert sql.read_in(statement) - {"{", "day"} == {"part", "one", "three", "four", "five", "seven", "eight", "nine", "ten"}


@pytest.mark.parametrize(
    "content",
    [
        "def find(): return _found()\ndef _found(): raise NotFound('room')",
        "async def find(): await _found()\nasync def _found(): await _read()\nasync def _read(): raise NotFound('room')",
        "def find(): return [_found(key) for key in keys]\ndef _found(key): return require(row, 'room', key)",
        "def find(): return map(_found, keys)\ndef _found(key): raise NotFound.of('room', key)",
        "def find(): return sorted(rooms, key=lambda room: _found(room))\ndef _found(key): raise NotFound.of('room', key)",
        "class Rooms:\n    def find(self): return self._found()\n    def _found(self): raise NotFound('room')",
        "def find(): _first()\ndef _first(): _second()\ndef _second():\n    _first()\n    raise NotFound('room')",
        "def find(): raise _missing()\ndef _missing(): return NotFound('room')",
        "def find():\n    if refusal := _refusal(): raise refusal\ndef _refusal(): return None if found else NotFound('room')",
        "async def find(): raise await _refusal()\nasync def _refusal(): return _missing()\ndef _missing(): return NotFound('room')",
        "def find():\n    try: _found()\n    except KeyError: pass\ndef _found(): raise NotFound('room')",
        "def find():\n    try: _found()\n    except NotFound: raise\ndef _found(): raise NotFound('room')",
        "def find():\n    try: pass\n    except NotFound: _found()\ndef _found(): raise NotFound('room')",
        "def find(): return load()\ndef load():\n    'Load it; NotFound.'\n    raise NotFound('room')",
    ],
)
def test_an_error_that_is_raised_through_another_function_of_the_module_is_named(content: str, tmp_path: Path) -> None:
    clinic = package(tmp_path, {QUERIES: content})
    assert vocabulary.public_docstrings_name_the_domain_errors_that_are_raised(clinic) == [f"{QUERIES}: find raises NotFound"]


@pytest.mark.parametrize(
    "content",
    [
        "def find():\n    'Find it; NotFound where there is none.'\n    return _found()\ndef _found(): raise NotFound('room')",
        "def find():\n    try: _found()\n    except NotFound: return None\ndef _found(): raise NotFound('room')",
        "def find():\n    try: _found()\n    except (KeyError, errors.DomainError): return None\ndef _found(): raise NotFound('room')",
        "def find():\n    try: _found()\n    except Exception as error: return error\ndef _found(): raise NotFound('room')",
        "def find(): _first()\ndef _first():\n    try: _second()\n    except: pass\ndef _second(): raise NotFound('room')",
        "def find(): return _refusal()\ndef _refusal(): return NotFound('room')",
        "def find():\n    def inner(): _found()\n    return inner\ndef _found(): raise NotFound('room')",
        "def find(): return _first()\ndef _first(): return _first()",
        "def find(): return _known()\ndef _known(): return load()\ndef load():\n    'Load it; NotFound.'\n    raise NotFound('room')",
        "def find(): return rooms.load()\ndef load():\n    'Load it; NotFound.'\n    raise NotFound('room')",
        "def find(app): app.add(_answered)\ndef _answered(found): return response(invalid(found))",
    ],
)
def test_an_error_that_does_not_leave_a_public_function_or_is_named_is_let_pass(content: str, tmp_path: Path) -> None:
    assert vocabulary.public_docstrings_name_the_domain_errors_that_are_raised(package(tmp_path, {QUERIES: content})) == []
