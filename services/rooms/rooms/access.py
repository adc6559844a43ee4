"""Who may do what in rooms."""

from typing import Final

from chassis.access.table import OPERATE, REPAIR, Table

READ: Final = "read rooms"
"""Sites, rooms, their hours and when they are free."""
HOLDS: Final = "read holds"
"""Which session has which room."""
BLOCK: Final = "block rooms"
"""Takes a room out of use for a time."""
MOVE: Final = "move sessions out of rooms"
"""Moves sessions out of a room."""
ARRANGE: Final = "arrange rooms and hours"
"""Rooms, equipment, opening hours and special days."""
NETWORK: Final = "add sites"
"""New sites."""

TABLE: Final = Table(
    routes={
        "alternatives": READ,
        "availability": READ,
        "calendar": READ,
        "list_equipment": READ,
        "list_rooms": READ,
        "find_room": READ,
        "list_blocks": READ,
        "list_sites": READ,
        "find_site": READ,
        "list_special_days": READ,
        "list_holds": HOLDS,
        "find_hold": HOLDS,
        "utilization": HOLDS,
        "add_block": BLOCK,
        "remove_block": BLOCK,
        "find_replan": MOVE,
        "confirm_replan": MOVE,
        "replan_room": MOVE,
        "what_if": MOVE,
        "add_room": ARRANGE,
        "change_room": ARRANGE,
        "order_rooms": ARRANGE,
        "add_equipment": ARRANGE,
        "remove_equipment": ARRANGE,
        "change_equipment": ARRANGE,
        "change_site": ARRANGE,
        "put_special_day": ARRANGE,
        "remove_special_day": ARRANGE,
        "add_site": NETWORK,
    },
    roles={
        "front_desk": frozenset({READ, HOLDS, BLOCK}),
        "therapist": frozenset({READ}),
        "biller": frozenset({READ}),
        "rate_admin": frozenset({READ}),
        "site_manager": frozenset({READ, HOLDS, BLOCK, MOVE, ARRANGE}),
        "auditor": frozenset({READ, HOLDS}),
        "operator": frozenset({OPERATE, REPAIR}),
        "admin": frozenset({READ, HOLDS, BLOCK, MOVE, ARRANGE, NETWORK, OPERATE, REPAIR}),
    },
    scopes={
        "rooms:read": frozenset({READ, HOLDS}),
        "rooms:write": frozenset({READ, HOLDS, BLOCK, MOVE, ARRANGE, NETWORK}),
        "operations": frozenset({OPERATE, REPAIR}),
    },
)
