"""A network large enough that bookings do not run out: made through the public API."""

import asyncio
import itertools
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from httpx import AsyncClient, Limits

SITES: Final = 10
ROOMS_PER_SITE: Final = 20
AT_ONCE: Final = 32
OPEN: Final = {day: [["00:00", "24:00"]] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}


@dataclass
class Clinics:
    """Sites with as many therapists and clients as rooms, so that every hour can be filled."""

    service_id: str
    sites: list[tuple[str, list[str]]] = field(default_factory=list)
    therapists: list[str] = field(default_factory=list)
    clients: list[str] = field(default_factory=list)

    def requests(self, first_day: int) -> Iterator[dict[str, Any]]:
        """Yield bookings that all fit, hour by hour, from a day on."""
        start = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(days=first_day)
        for hour in itertools.count():
            for number, (therapist, client) in enumerate(zip(self.therapists, self.clients, strict=True)):
                yield {
                    "client_id": client,
                    "therapist_id": therapist,
                    "service_id": self.service_id,
                    "site_id": self.sites[number % SITES][0],
                    "starts_at": (start + timedelta(hours=hour)).isoformat(),
                }


async def furnish(front: str) -> Clinics:
    """Make the network."""
    async with AsyncClient(base_url=front, timeout=60, limits=Limits(max_connections=AT_ONCE)) as http:

        async def make(path: str, **body: Any) -> str:
            return str((await http.post(path, json=body)).raise_for_status().json()["id"])

        service = await make(
            "/api/catalog/services",
            service_code=f"HOUR{secrets.token_hex(2).upper()}",
            service_name="An hour",
            service_type="psychotherapy",
            standard_duration=60,
            base_rate="185.00",
            billing_category="individual",
        )
        clinics = Clinics(service)
        for site in range(SITES):
            site_id = await make("/api/rooms/sites", site_name=f"Site {site}", time_zone="UTC", opening_hours=OPEN, address="")
            rooms = [
                make(
                    "/api/rooms/rooms",
                    site_id=site_id,
                    room_number=f"{100 + n}",
                    room_name=f"Room {n}",
                    capacity=2,
                    equipment=[],
                    turnover_minutes=0,
                )
                for n in range(ROOMS_PER_SITE)
            ]
            clinics.sites.append((site_id, await asyncio.gather(*rooms)))
        people = SITES * ROOMS_PER_SITE
        clinics.therapists = list(
            await asyncio.gather(*(make("/api/scheduling/therapists", full_name=f"Therapist {n}") for n in range(people)))
        )
        clinics.clients = list(await asyncio.gather(*(make("/api/scheduling/clients", full_name=f"Client {n}") for n in range(people))))
        return clinics
