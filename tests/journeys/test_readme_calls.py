"""The calls that the README shows, run as they stand there, book, complete and bill a session."""

import asyncio
import os
import re
from json import JSONDecoder
from typing import Final

from httpx import AsyncClient
from pydantic_core import from_json
from support.clinic import ALL_DAY, Clinic
from support.origin import Origin
from support.repository import ROOT

BASH: Final = re.compile(r"^```bash\n(.*?)^```", re.MULTILINE | re.DOTALL)
USUAL: Final = "http://127.0.0.1:8080"
CODE: Final = "90837"
PATIENCE_S: Final = 240


async def test_the_calls_of_the_readme_book_complete_and_bill_a_session(origin: Origin, http: AsyncClient) -> None:
    script = "".join(block for block in BASH.findall((ROOT / "README.md").read_text()) if "curl" in block)
    assert "/complete" in script
    if "HOLDFAST_URL" not in os.environ:
        await furnish(http)
    shell = await asyncio.create_subprocess_exec(
        *("bash", "-euo", "pipefail", "-c", script.replace(USUAL, origin.url)),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(PATIENCE_S):
        out, err = await shell.communicate()
    assert shell.returncode == 0, err.decode()
    booked = from_json(err.decode().strip().splitlines()[-1])
    assert booked["status"] == "booked"
    stated = out.decode()
    completed, end = JSONDecoder().raw_decode(stated)
    assert (completed["id"], completed["status"]) == (booked["id"], "completed")
    assert [record["session_id"] for record in from_json(stated[end:])["items"]] == [booked["id"]]


async def furnish(http: AsyncClient) -> None:
    """Give the platform what the demo network has: the service that the README books, and a site that comes first."""
    clinic = await Clinic.open(http)
    site = await clinic.post("/api/rooms/sites", site_name="0 Harbor Street", time_zone="America/New_York", opening_hours=ALL_DAY)
    clinic.site = site
    await clinic.new_room("101")
    known = await http.get(f"/api/catalog/services/by-code/{CODE}")
    if known.status_code == 200:
        return
    clinic.service = await clinic.post(
        "/api/catalog/services",
        service_code=CODE,
        service_name="Individual Psychotherapy, 60 minutes",
        service_type="psychotherapy",
        standard_duration=60,
        base_rate="185.00",
        billing_category="individual",
    )
    await clinic.knows_price("185.00")
