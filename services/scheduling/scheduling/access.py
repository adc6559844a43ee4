"""Who may do what in scheduling."""

from typing import Final

from chassis.access.table import OPERATE, REPAIR, Table

CALENDAR: Final = "read sessions"
"""Sessions, with the names of their people, and the events about them."""
BOOK: Final = "book sessions"
"""Books, moves and cancels sessions, series and places on the waitlist."""
END: Final = "end sessions"
"""States what became of a session: it took place, or the client did not come."""
FREE_TIMES: Final = "look for times"
"""When somebody and a room are free; checks and previews, which change nothing."""
CLIENTS: Final = "read clients"
REGISTER: Final = "change clients"
STAFF: Final = "read therapists"
EMPLOY: Final = "change therapists"
ABSENCE: Final = "change working hours and time off"
"""Working hours and time off."""
POLICIES: Final = "read policies"
DECIDE: Final = "change policies"
OVERRIDES: Final = "read overrides"
"""Who went against which rule."""
IMPACT: Final = "read the impact of rates"
"""What a new rate changes for sessions that are booked."""
COMPARE: Final = "compare sessions with holds"
"""Compares sessions with the rooms that are held for them, and mends what differs."""

TABLE: Final = Table(
    routes={
        "list_sessions": CALENDAR,
        "get_session": CALENDAR,
        "get_timeline": CALENDAR,
        "day_sheet": CALENDAR,
        "events": CALENDAR,
        "list_series": CALENDAR,
        "get_series": CALENDAR,
        "list_series_moves": CALENDAR,
        "list_waitlist": CALENDAR,
        "get_waitlist_entry": CALENDAR,
        "first_available": FREE_TIMES,
        "find_alternatives": FREE_TIMES,
        "check_session": FREE_TIMES,
        "preview_series": FREE_TIMES,
        "preview_series_move": FREE_TIMES,
        "list_travel_times": FREE_TIMES,
        "book_session": BOOK,
        "accept_alternative": BOOK,
        "reschedule_session": BOOK,
        "join_session": BOOK,
        "leave_session": BOOK,
        "cancel_session": BOOK,
        "undo_session": BOOK,
        "book_series": BOOK,
        "book_in_place": BOOK,
        "reschedule_series": BOOK,
        "cancel_series": BOOK,
        "undo_series_cancellation": BOOK,
        "undo_series_move": BOOK,
        "add_waitlist_entry": BOOK,
        "withdraw_waitlist_entry": BOOK,
        "accept_slot": BOOK,
        "decline_slot": BOOK,
        "complete_session": END,
        "miss_session": END,
        "list_clients": CLIENTS,
        "get_client": CLIENTS,
        "add_client": REGISTER,
        "change_client": REGISTER,
        "remove_client": REGISTER,
        "list_therapists": STAFF,
        "get_therapist": STAFF,
        "list_time_off": STAFF,
        "get_working_hours": STAFF,
        "add_therapist": EMPLOY,
        "change_therapist": EMPLOY,
        "remove_therapist": EMPLOY,
        "put_travel_time": EMPLOY,
        "put_working_hours": ABSENCE,
        "add_time_off": ABSENCE,
        "remove_time_off": ABSENCE,
        "list_policies": POLICIES,
        "put_default_policy": DECIDE,
        "put_service_policy": DECIDE,
        "remove_service_policy": DECIDE,
        "list_overrides": OVERRIDES,
        "read_rate_impact": IMPACT,
        "sagas": OPERATE,
        "start_reconciliation": COMPARE,
        "get_reconciliation": COMPARE,
    },
    roles={
        "front_desk": frozenset({CALENDAR, FREE_TIMES, BOOK, END, CLIENTS, REGISTER, STAFF, ABSENCE, POLICIES}),
        "therapist": frozenset({CALENDAR, FREE_TIMES, BOOK, END, CLIENTS, STAFF, ABSENCE, POLICIES}),
        "biller": frozenset({CALENDAR, CLIENTS, STAFF, POLICIES}),
        "rate_admin": frozenset({POLICIES, IMPACT, STAFF}),
        "site_manager": frozenset(
            {CALENDAR, FREE_TIMES, BOOK, END, CLIENTS, REGISTER, STAFF, EMPLOY, ABSENCE, POLICIES, DECIDE, OVERRIDES}
        ),
        "auditor": frozenset({CALENDAR, CLIENTS, STAFF, POLICIES, OVERRIDES, IMPACT}),
        "operator": frozenset({OPERATE, REPAIR, COMPARE}),
        "admin": frozenset(
            {CALENDAR, FREE_TIMES, CLIENTS, REGISTER, STAFF, EMPLOY, ABSENCE, POLICIES, DECIDE, OVERRIDES, OPERATE, REPAIR, COMPARE}
        ),
    },
    scopes={
        "scheduling:read": frozenset({CALENDAR, FREE_TIMES, CLIENTS, STAFF, POLICIES}),
        "scheduling:write": frozenset({CALENDAR, FREE_TIMES, BOOK, END, CLIENTS, REGISTER, STAFF, EMPLOY, ABSENCE, POLICIES}),
        "operations": frozenset({OPERATE, REPAIR, COMPARE}),
    },
)
