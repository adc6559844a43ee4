"""Looks for alternatives: around the wished time first, on the days after only where that gives too few."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from chassis.database import ReadSession
from contracts.rooms import Alternative
from contracts.types import AlternativeId, new_id

from rooms import alternatives
from rooms.alternatives import Start
from rooms.board import Window, load_taken
from rooms.domain import Board, Wish

Key = TypeVar("Key")


@dataclass(frozen=True, slots=True)
class _Search:
    wish: Wish
    starts: list[Start]
    most: int


async def find_alternatives(
    db: ReadSession, places: Board, wishes: Mapping[Key, Wish], now: datetime, most: int
) -> dict[Key, list[Alternative]]:
    """Return the best alternatives to each wish, under its key."""
    found = await _look(db, places, {key: _Search(wish, alternatives.near(wish), most) for key, wish in wishes.items()}, now)
    further = {
        key: _Search(wishes[key], alternatives.later(wishes[key], site), most - len(so_far))
        for key, so_far in found.items()
        if len(so_far) < most and (site := places.sites.get(wishes[key].site_id)) is not None
    }
    for key, more in (await _look(db, places, further, now)).items():
        found[key] += more
    return found


async def _look(db: ReadSession, places: Board, searches: Mapping[Key, _Search], now: datetime) -> dict[Key, list[Alternative]]:
    windows = [
        Window(search.wish.site_id, None, opens, closes)
        for search in searches.values()
        for opens, closes in alternatives.windows(search.wish, search.starts)
    ]
    board = await load_taken(db, places, windows)
    return {key: alternatives.best(search.wish, search.starts, board, now, search.most, _mint) for key, search in searches.items()}


def _mint() -> AlternativeId:
    return AlternativeId(new_id())
