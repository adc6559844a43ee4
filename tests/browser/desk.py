"""A desk: one browser page at one clinic, with what a person can do there."""

from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final, Literal, Protocol
from urllib.parse import urlencode

from local.web import WEB
from playwright.async_api import ConsoleMessage, Locator, Page, expect
from support.clinic import Clinic, Json

AXE: Final = WEB / "node_modules" / "axe-core" / "axe.min.js"
RULES: Final = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
RULES_OF_COLOURS: Final = ("color-contrast", "link-in-text-block")
"""Those of the rules whose outcome depends on the colours of the page; axe's others look at its structure, names and sizes."""
LOOK: Final = "async rules => (await axe.run(document, {runOnly: rules, resultTypes: ['violations']})).violations"
PATIENCE_MS: Final = 60_000
LOOP: Final = "session"
"""The scope of the event loop in which the browser, its tests and their asynchronous fixtures run."""
UNHEARD: Final = ("Failed to load resource",)
"""What the browser itself logs about answers that the page shows; the tests look at what the page shows."""

expect.set_options(timeout=PATIENCE_MS)


@dataclass(slots=True)
class Desk:
    """A page of the browser and the clinic it looks at."""

    page: Page
    clinic: Clinic
    complaints: list[str] = field(default_factory=list[str])
    """What the browser complained of: scripts that broke, rules of the page that were."""

    @classmethod
    async def at(cls, page: Page, clinic: Clinic) -> "Desk":
        """Sit down."""
        desk = cls(page, clinic)
        page.set_default_timeout(PATIENCE_MS)
        page.on("pageerror", lambda error: desk.complaints.append(str(error)))
        page.on("console", lambda message: desk.hear(message))  # noqa: PLW0108 (a bound method would need a place to be remembered)
        return desk

    def hear(self, message: ConsoleMessage) -> None:
        """Note what the browser complains of."""
        if message.type == "error" and not message.text.startswith(UNHEARD):
            self.complaints.append(message.text)

    async def go(self, path: str, **query: str) -> None:
        """Go to a page of the clinic's site and wait until it stands."""
        await self.page.goto(f"{path}?{urlencode({**query, 'site': self.clinic.site['id']})}")
        await expect(self.page.get_by_role("heading", level=1)).to_be_visible()

    async def assert_accessible(self) -> None:
        """Let axe look at the whole page; nothing may be found."""
        await expect(self.page.get_by_label("Loading")).to_have_count(0)
        if not await self.page.evaluate("'axe' in window"):
            await self.page.evaluate(axe())
        await self._assert_kept({"type": "tag", "values": list(RULES)})

    async def assert_accessible_in_both_colours(self) -> None:
        """Let axe look at the whole page in light colours, then in dark ones at what depends on colours."""
        await self.assert_accessible()
        await self._use_colours("dark")
        await self._assert_kept({"type": "rule", "values": list(RULES_OF_COLOURS)})
        await self._use_colours("light")

    async def _assert_kept(self, rules: Json) -> None:
        found = await self.page.evaluate(LOOK, rules)
        violations = [_reported(violation) for violation in found]
        assert not violations, "\n".join(violations)

    async def _use_colours(self, scheme: Literal["light", "dark"]) -> None:
        await self.page.emulate_media(color_scheme=scheme)
        await expect(self.page.locator("html")).to_have_attribute("data-mantine-color-scheme", scheme)


def _reported(violation: dict[str, Any]) -> str:
    places = "; ".join(f"{node['target'][0]} {' '.join(node['failureSummary'].split())[:240]}" for node in violation["nodes"][:4])
    return f"{violation['id']}: {places}"


class OpenDesk(Protocol):
    """Sit down at a further desk of a clinic."""

    async def __call__(self, clinic: Clinic, *, size: tuple[int, int] = ..., dark: bool = False) -> Desk:
        """Use a window of this size, in light or dark colours."""
        ...


async def begin(page: Page, name: str) -> Locator:
    """Open a form by its button."""
    await page.get_by_role("button", name=name, exact=True).click()
    form = page.get_by_role("dialog", name=name)
    await expect(form).to_be_visible()
    return form


@cache
def axe() -> str:
    """Return axe's script."""
    return AXE.read_text()
