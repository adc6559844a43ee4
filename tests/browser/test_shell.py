"""Around every page: sites, keyboard, colours, and the honesty about being live."""

import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from httpx import AsyncClient
from local import control, web
from local.state import Run
from playwright.async_api import expect
from support.clinic import Clinic
from support.platform import Platform

from browser.desk import Desk, OpenDesk

PAGES = ("catalog", "rooms", "billing", "operations")
PHONE = (390, 844)
ROUTES = Path(__file__).parents[2] / "web" / "src" / "app" / "routes.ts"
AWAY = """{"type": "/problems/service-unreachable", "title": "Service unreachable", "status": 503,
    "detail": "The service rooms cannot be reached, or went away before it answered.", "service": "rooms"}"""
MOVING = """[...document.querySelectorAll('*')].filter(element => {
    const style = getComputedStyle(element);
    return style.animationName !== 'none' || style.transitionDuration.split(',').some(duration => parseFloat(duration) > 0);
}).map(element => element.outerHTML.slice(0, 100))"""
"""What is animated or would be, were it changed."""


async def test_every_address_that_is_printed_opens_at_the_first_visit_and_at_the_second(
    desk: Desk, stage: Platform, capsys: pytest.CaptureFixture[str]
) -> None:
    control.show(Run(pid=1, front=stage.url, services={name: service.url for name, service in stage.services.items()}))
    addresses = re.findall(r"http://\S+", capsys.readouterr().out)
    assert len(addresses) == 1 + 2 * len(stage.services)
    for address in [stage.url, *addresses, stage.url]:
        await desk.page.goto(address, wait_until="commit")
        await expect(desk.page.get_by_role("heading", level=1)).to_be_visible()
    await expect(desk.page).to_have_url(re.compile("/calendar"))


async def test_a_first_visit_loads_what_is_counted_and_the_rest_once_somebody_uses_the_page(desk: Desk) -> None:
    counted, loaded = web.first_visit(), set[str]()
    desk.page.on("request", lambda request: loaded.add(urlsplit(request.url).path.lstrip("/")))
    await desk.go("/calendar")
    await expect(desk.page.get_by_text("201 Room 201")).to_be_visible()
    await expect(desk.page.get_by_role("status").filter(has_text="live")).to_be_visible()
    files = {"index.html" if path == "calendar" else path for path in loaded if not path.startswith("api/")}
    assert files <= counted.keys()
    async with desk.page.expect_request("**/assets/Search-*.js"):
        await desk.page.keyboard.press("Shift")


async def test_twelve_tabs_share_one_stream_and_all_of_them_work(desk: Desk) -> None:
    for path in ("/catalog", "/rooms", "/people") * 3:
        await desk.page.goto(path, wait_until="commit")
    tabs = [desk.page, *[await desk.page.context.new_page() for _ in range(11)]]
    for tab in tabs:
        await Desk(tab, desk.clinic).go("/catalog")
    service = await desk.clinic.new_service()
    for tab in tabs:
        await expect(tab.get_by_role("status").filter(has_text="live")).to_be_visible()
        await expect(tab.get_by_text(service["service_code"], exact=True)).to_be_visible()


async def test_the_address_names_the_site_and_the_browser_remembers_it(desk: Desk, http: AsyncClient) -> None:
    other = await Clinic.open(http, rooms=1)
    await desk.go("/sessions")
    await desk.page.get_by_role("combobox", name="Site").click()
    await desk.page.get_by_role("option", name=other.site["site_name"]).click()
    await expect(desk.page).to_have_url(re.compile(other.site["id"]))
    await desk.page.goto("/people")
    await expect(desk.page).to_have_url(re.compile(other.site["id"]))
    await expect(desk.page.get_by_role("combobox", name="Site")).to_have_value(other.site["site_name"])
    await desk.page.goto("/sessions?site=unknown")
    await expect(desk.page.get_by_role("heading", level=1, name="Unknown site")).to_be_visible()
    await desk.page.get_by_role("main").get_by_role("button", name=other.site["site_name"]).click()
    await expect(desk.page.get_by_role("heading", level=1, name="Sessions")).to_be_visible()
    await expect(desk.page).to_have_url(re.compile(other.site["id"]))


async def test_a_page_that_is_opened_without_a_network_says_so_and_is_there_when_the_network_is_back(desk: Desk) -> None:
    page = desk.page
    await desk.go("/sessions")
    await expect(page.get_by_role("status").filter(has_text="live")).to_be_visible()
    await page.context.set_offline(True)
    await expect(page.get_by_role("status").filter(has_text="offline")).to_be_visible()
    await page.get_by_role("navigation", name="Pages").get_by_role("link", name="Operations").click()
    await expect(page.get_by_role("alert").first).to_contain_text("There is no network")
    await page.context.set_offline(False)
    await expect(page.get_by_role("heading", level=1, name="Operations")).to_be_visible()
    await expect(page.get_by_role("alert").filter(has_text="There is no network")).to_have_count(0)
    await expect(page.get_by_role("status").filter(has_text="live")).to_be_visible()


async def test_a_page_that_is_opened_while_rooms_is_away_has_its_navigation_and_comes_by_itself_afterwards(desk: Desk) -> None:
    page, sites = desk.page, "**/api/rooms/sites?*"
    await page.route(sites, lambda route: route.fulfill(status=503, content_type="application/problem+json", body=AWAY))
    await page.goto("/sessions")
    await expect(page.get_by_role("alert")).to_contain_text("Rooms cannot be reached now")
    await expect(page.get_by_role("button", name="Try again")).to_be_visible()
    await page.get_by_role("navigation").get_by_role("link", name="Operations").click()
    await expect(page.get_by_role("heading", level=1, name="Operations")).to_be_visible()
    await page.get_by_role("navigation").get_by_role("link", name="Sessions").click()
    await expect(page.get_by_role("alert")).to_be_visible()
    await page.unroute(sites)
    await expect(page.get_by_role("heading", level=1, name="Sessions")).to_be_visible()
    await expect(page.get_by_role("combobox", name="Site")).to_be_visible()


async def test_the_sites_that_the_browser_remembers_are_there_while_rooms_is_away(desk: Desk, stage: Platform) -> None:
    page, site = desk.page, desk.page.get_by_role("combobox", name="Site")
    await desk.go("/sessions")
    await expect(site).to_have_value(desk.clinic.site["site_name"])
    await stage.stop("rooms")
    try:
        await page.goto("/sessions")
        await expect(page.get_by_role("heading", level=1, name="Sessions")).to_be_visible()
        await expect(site).to_have_value(desk.clinic.site["site_name"])
        await expect(page).to_have_url(re.compile(desk.clinic.site["id"]))
        await page.evaluate("localStorage.removeItem('holdfast-sites')")
        await page.reload()
        await expect(page.get_by_role("alert")).to_contain_text("cannot be reached")
    finally:
        await stage.start("rooms")
    await expect(site).to_have_value(desk.clinic.site["site_name"])


@pytest.mark.parametrize(("service", "fields"), [("catalog", ["Service"]), ("scheduling", ["Client", "Therapist"])])
async def test_a_choice_whose_service_is_away_says_so_and_is_there_by_itself_afterwards(
    desk: Desk, stage: Platform, service: str, fields: list[str]
) -> None:
    page, form = desk.page, desk.page.get_by_role("form", name="Booking")
    away = page.get_by_role("option", name=re.compile(rf"^{service} cannot be reached now\s*Try", re.IGNORECASE))
    await stage.stop(service)
    try:
        await desk.go("/book")
        for name in fields:
            await page.keyboard.press("Escape")
            await form.get_by_role("combobox", name=name).click()
            await expect(away).to_be_visible()
            await desk.assert_accessible_in_both_colours()
    finally:
        await stage.start(service)
    await expect(away).to_have_count(0)
    await expect(page.get_by_role("option").first).to_be_visible()


async def test_pages_about_all_sites_do_not_offer_the_choice_of_one(desk: Desk) -> None:
    await desk.go("/sessions")
    await expect(desk.page.get_by_role("banner").get_by_role("combobox", name="Site")).to_be_visible()
    for path in ("/billing", "/billing/claims", "/billing/reports"):
        await desk.go(path)
        await expect(desk.page.get_by_role("banner").get_by_role("combobox", name="Site")).to_have_count(0)


async def test_nothing_moves_for_whoever_asked_for_less_motion(desk: Desk) -> None:
    for path in ("/calendar", "/billing", "/operations"):
        await desk.go(path)
        assert await desk.page.evaluate(MOVING) == []


async def test_the_keyboard_goes_everywhere(desk: Desk) -> None:
    await desk.go("/catalog")
    await desk.page.keyboard.press("g")
    await desk.page.keyboard.press("r")
    await expect(desk.page.get_by_role("heading", level=1, name="Rooms")).to_be_focused()
    await desk.page.keyboard.press("?")
    await expect(desk.page.get_by_role("dialog", name="Keyboard")).to_be_visible()
    await desk.page.keyboard.press("Escape")
    await desk.page.keyboard.press("Control+k")
    await expect(desk.page.get_by_role("textbox", name="Search")).to_be_focused()
    await desk.page.keyboard.type("opera")
    await expect(desk.page.get_by_role("dialog").get_by_role("button")).to_have_count(1)
    await desk.page.keyboard.press("Enter")
    await expect(desk.page.get_by_role("heading", level=1, name="Operations")).to_be_visible()


async def test_the_search_leads_to_whom_and_what_was_meant_also_from_within_a_field(desk: Desk, clinic: Clinic) -> None:
    code = clinic.service["service_code"]
    client = await clinic.post("/api/scheduling/clients", full_name=f"Zoë {code}", phone="+1 (207) 555-0134", time_zone="UTC")
    room = await clinic.new_room("209", room_name=f"Quiet {code}")
    await desk.go("/people")
    field = desk.page.get_by_role("textbox", name="Search")
    results = desk.page.get_by_role("dialog").get_by_role("button")
    found = [(f"zoe {code} 207-555", client["full_name"]), (f"psychotherapy 60 {code}", code), (f"room 209 {code}", room["room_name"])]
    for words, heading in [*found, (clinic.site["site_name"], "Rooms")]:
        await desk.page.get_by_role("link", name="Clients & therapists").click()
        await desk.page.get_by_role("textbox", name="Name").click()
        await desk.page.keyboard.press("Control+k")
        await expect(field).to_be_focused()
        await expect(field).to_have_value("")
        await field.fill(words)
        await desk.page.keyboard.press("Enter")
        await expect(desk.page.get_by_role("heading", level=1)).to_contain_text(heading)
    await desk.page.keyboard.press("Control+k")
    await field.fill(f"nobody {code}")
    await expect(desk.page.get_by_role("dialog").get_by_role("status")).to_contain_text("No results")
    await expect(results).to_have_count(0)
    await desk.assert_accessible()


async def test_the_search_opens_empty_after_another_search(desk: Desk, clinic: Clinic) -> None:
    await desk.page.emulate_media(reduced_motion="no-preference")  # with it, the dialog is removed only after a moment
    await desk.go("/sessions")
    field = desk.page.get_by_role("dialog").get_by_role("textbox", name="Search")
    await desk.page.keyboard.press("Control+k")
    await field.fill(clinic.service["service_code"])
    await expect(desk.page.get_by_role("dialog").get_by_role("button").first).to_be_visible()
    await desk.page.keyboard.press("Escape")
    await expect(field).to_have_count(0)
    await desk.page.keyboard.press("Control+k")
    await expect(field).to_have_value("")
    await field.fill("room 201")
    await expect(desk.page.get_by_role("dialog").get_by_role("button").first).to_contain_text(clinic.site["site_name"])


async def test_who_tabs_skips_the_navigation(desk: Desk) -> None:
    await desk.go("/sessions")
    await desk.page.reload()
    await expect(desk.page.get_by_role("heading", level=1)).to_be_focused()
    await desk.page.evaluate("document.body.tabIndex = -1; document.body.focus()")
    await desk.page.keyboard.press("Tab")
    await expect(desk.page.get_by_role("link", name="Skip to the page")).to_be_focused()


async def test_an_address_that_leads_nowhere_says_so(desk: Desk) -> None:
    await desk.go("/parking")
    await expect(desk.page.get_by_role("heading", level=1)).to_have_text("Page not found")


async def test_nothing_around_the_pages_keeps_anybody_out(desk: Desk) -> None:
    for page in PAGES:
        await desk.go(f"/{page}")
        await desk.assert_accessible_in_both_colours()
    await desk.page.keyboard.press("?")
    await expect(desk.page.get_by_role("dialog")).to_be_visible()
    await desk.assert_accessible_in_both_colours()


async def test_no_page_is_wider_than_a_phone(open_desk: OpenDesk, clinic: Clinic) -> None:
    desk = await open_desk(clinic, size=PHONE)
    widths: dict[str, int] = {}
    for page in re.findall(r'path: "([^":]+)"', ROUTES.read_text()):
        await desk.go(f"/{page}")
        await expect(desk.page.get_by_label("Loading")).to_have_count(0)
        widths[page] = await desk.page.evaluate("document.documentElement.scrollWidth")
    assert "billing/remittances" in widths
    assert {page: width for page, width in widths.items() if width > PHONE[0]} == {}


async def test_pages_are_kept_from_doing_anything_else(http: AsyncClient) -> None:
    page = await http.get("/calendar")
    assert page.headers["cache-control"] == "no-cache"
    assert "script-src 'self';" in page.headers["content-security-policy"]
    assert page.headers["x-content-type-options"] == "nosniff"
    script = page.text.partition('src="/assets/')[2].partition('"')[0]
    asset = await http.get(f"/assets/{script}")
    assert "immutable" in asset.headers["cache-control"]
    assert asset.headers["content-encoding"] in {"br", "gzip"}
    assert (await http.get("/assets/of-an-older-version.js")).status_code == 404
