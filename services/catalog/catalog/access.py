"""Who may do what in the catalog."""

from typing import Final

from chassis.access.table import OPERATE, REPAIR, Table

READ: Final = "read services"
WRITE: Final = "change services and rates"

TABLE: Final = Table(
    routes={
        "list_services": READ,
        "find_service": READ,
        "find_service_by_code": READ,
        "export_services": READ,
        "list_rates": READ,
        "find_rate_on": READ,
        "add_service": WRITE,
        "change_service": WRITE,
        "import_services": WRITE,
        "check_import": WRITE,
        "add_rate": WRITE,
        "withdraw_rate": WRITE,
    },
    roles={
        "front_desk": frozenset({READ}),
        "therapist": frozenset({READ}),
        "biller": frozenset({READ}),
        "rate_admin": frozenset({READ, WRITE}),
        "site_manager": frozenset({READ}),
        "auditor": frozenset({READ}),
        "operator": frozenset({OPERATE, REPAIR}),
        "admin": frozenset({READ, OPERATE, REPAIR}),
    },
    scopes={
        "catalog:read": frozenset({READ}),
        "catalog:write": frozenset({READ, WRITE}),
        "operations": frozenset({OPERATE, REPAIR}),
    },
)
