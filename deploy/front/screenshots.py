"""Photographs every page of the web front for the documents: `make screenshots`, while `make up` runs with its demo network."""

import json
import re
import sys
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode
from urllib.request import urlopen

from local import state
from local.environment import ROOT
from local.install import chromium
from playwright.sync_api import Browser, expect, sync_playwright

ROUTES: Final = ROOT / "web" / "src" / "app" / "routes.ts"
PICTURES: Final = ROOT / "docs" / "screenshots"
LARGEST: Final = 200_000
WIDE: Final = (1440, 900)
PHONE: Final = (390, 844)
PATIENCE_MS: Final = 15_000
TIMEOUT_S: Final = 10
SITE: Final = "Harbor Street"
SATURDAY: Final = 5
EXAMPLES: Final = {
    "sessionId": "/api/scheduling/sessions",
    "clientId": "/api/scheduling/clients",
    "therapistId": "/api/scheduling/therapists",
    "serviceId": "/api/catalog/services",
    "seriesId": "/api/scheduling/series",
    "roomId": "/api/rooms/rooms",
    "siteId": "/api/rooms/sites",
    "recordId": "/api/billing/records",
    "payerId": "/api/billing/payers",
    "batchId": "/api/billing/claims",
    "remittanceId": "/api/billing/remittances",
}
"""Where an example of each parameter of a page's address is found: the first of its list is taken."""
NAMED: Final = {"batchId": "batch_id"}
"""Where that is not the example's own id."""


@dataclass(frozen=True)
class Picture:
    """A page as it is photographed."""

    name: str
    path: str
    dark: bool = False
    size: tuple[int, int] = WIDE

    @property
    def parameters(self) -> list[str]:
        """What the page's address leaves open."""
        return re.findall(r":(\w+)", self.path)


def paths() -> list[str]:
    """Return the address of every page, as the route table names them."""
    return re.findall(r'\bpath: "([^"*]+)"', ROUTES.read_text())


def name_of(path: str) -> str:
    """Return what a page's picture is called: the page of one room is `room`, not `rooms`."""
    words: list[str] = []
    for part in path.split("/"):
        words[-1:] = [part[1:].removesuffix("Id")] if part.startswith(":") else [*words[-1:], part]
    return "-".join(words)


def pictures() -> list[Picture]:
    """Return every picture there is to take."""
    pages = [Picture(name_of(path), path) for path in paths()]
    calendar = next(page for page in pages if page.name == "calendar")
    return [*pages, replace(calendar, name="calendar-dark", dark=True), replace(calendar, name="calendar-phone", size=PHONE)]


class Demo:
    """The demo network, queried for examples to picture."""

    def __init__(self, front: str) -> None:
        """Find the site whose pages are shown, and a working day of it."""
        self.front = front
        self.site = next(site for site in self.get("/api/rooms/sites") if site["site_name"] == SITE)
        today = date.today()  # noqa: DTZ011 (any working day will do)
        self.day = next(day for day in (today + timedelta(days=ahead) for ahead in (1, 2, 3)) if day.weekday() < SATURDAY)

    def get(self, path: str, **query: str) -> list[dict[str, Any]]:
        """Return the items of a list."""
        with urlopen(f"{self.front}{path}?{urlencode(query)}", timeout=TIMEOUT_S) as answer:  # noqa: S310 (what `make up` left behind)
            return json.load(answer)["items"]

    def address(self, picture: Picture) -> str:
        """Return where a page is photographed."""
        path = picture.path
        for parameter in picture.parameters:
            path = path.replace(f":{parameter}", self.example(parameter)[NAMED.get(parameter, "id")])
        return f"{self.front}/{path}?{urlencode(self.query(picture))}"

    def query(self, picture: Picture) -> dict[str, str]:
        """Return the query of a page's address: a day with sessions, a request that meets another."""
        query = {"site": self.site["id"]}
        if picture.path in {"calendar", "sessions"}:
            query["day"] = self.day.isoformat()
        if picture.path == "book":
            other = self.example("sessionId")
            wished = {"client": "client_id", "therapist": "therapist_id", "service": "service_id"}
            query |= {name: other[fact] for name, fact in wished.items()} | {"day": self.day.isoformat(), "time": "12:00"}
        return query

    def example(self, parameter: str) -> dict[str, Any]:
        """Return something that a page can be about."""
        query = {"site_id": self.site["id"], "day": self.day.isoformat()} if parameter == "sessionId" else {}
        found = self.get(EXAMPLES[parameter], **query)
        if not found:
            message = f"the demo network has nothing at {EXAMPLES[parameter]}; `make demo` brings some of everything"
            raise LookupError(message)
        return found[0]


def take(browser: Browser, demo: Demo, picture: Picture) -> Path:
    """Photograph a page once nothing on it is still being requested."""
    width, height = picture.size
    scheme = "dark" if picture.dark else "light"
    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme, reduced_motion="reduce", locale="en-US")
    page = context.new_page()
    page.goto(demo.address(picture))
    expect(page.get_by_role("heading", level=1)).to_be_visible(timeout=PATIENCE_MS)
    expect(page.get_by_label(re.compile("^(Loading|Checking)$"))).to_have_count(0, timeout=PATIENCE_MS)
    expect(page.get_by_text("live", exact=True)).to_be_attached(timeout=PATIENCE_MS)
    page.evaluate("document.fonts.ready")
    page.evaluate("document.activeElement.blur()")
    file = PICTURES / f"{picture.name}.png"
    file.write_bytes(page.screenshot())
    context.close()
    return file


def main() -> int:
    """Photograph everything; a picture that is too large for a repository is a mistake."""
    run = state.running()
    if run is None or not run.ready:
        print("nothing runs here; start it with make up in another terminal", file=sys.stderr)
        return 1
    PICTURES.mkdir(parents=True, exist_ok=True)
    demo = Demo(run.front)
    too_large: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox", "--disable-gpu"])
        for picture in pictures():
            file = take(browser, demo, picture)
            print(f"  {file.relative_to(ROOT)}  {file.stat().st_size // 1000} kB")
            if file.stat().st_size > LARGEST:
                too_large.append(file.name)
        browser.close()
    if too_large:
        print(f"larger than {LARGEST // 1000} kB: {', '.join(too_large)}", file=sys.stderr)
    return 1 if too_large else 0


if __name__ == "__main__":
    sys.exit(main())
