"""The operations page: what is down is shown as down, and parked messages are settled from it."""

import re

import aio_pika
from aio_pika.abc import HeadersType
from contracts.types import new_id
from playwright.async_api import expect
from support.clinic import Clinic, at
from support.listener import PREFIX, publish
from support.platform import Platform
from support.truth import database
from testing.waiting import until

from browser.desk import Desk

REFUSE = """
    CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no record today'; END $$;
    CREATE TRIGGER refuse BEFORE INSERT ON record EXECUTE FUNCTION refuse();
"""
ACCEPT = "DROP TRIGGER refuse ON record; DROP FUNCTION refuse;"


async def test_a_parked_message_is_looked_at_and_acts_once_its_cause_is_gone(desk: Desk, clinic: Clinic, stage: Platform) -> None:
    session = await clinic.booked(starts_at=at(-1), backdated=True)
    await desk.go("/operations")
    async with database(stage, "billing") as books:
        await books.execute(REFUSE)
        try:
            await clinic.step(session, "complete")
            name = "scheduling.session_completed.v1"
            parked = desk.page.get_by_role("region", name=re.compile("Parked messages"))
            await expect(parked.get_by_role("button", name=f"Retry: {name}").first).to_be_visible()
        finally:
            await books.execute(ACCEPT)
    await parked.get_by_role("button", name=f"Show {name}").first.click()
    await expect(parked.get_by_text(session["id"])).to_be_visible()
    # Scheduling may have published it twice: billing requests what it may have missed when it begins.
    await parked.get_by_role("checkbox", name=re.compile("Select all")).check()
    await parked.get_by_role("button", name=re.compile(r"Retry \d+")).click()
    await expect(desk.page.get_by_text("retried.")).to_be_visible()
    await expect(parked.get_by_role("heading", name="No parked messages")).to_be_visible()
    assert (await clinic.record(session))["total_amount"] == "185.00"


async def test_what_nobody_can_read_is_chosen_and_thrown_away_with_a_reason(desk: Desk, clinic: Clinic, stage: Platform) -> None:
    attributes = {"specversion": "1.0", "id": str(new_id()), "type": "rooms.paint_walls.v1", "source": "/x", "time": "2026-03-02T10:00:00Z"}
    headers: HeadersType = {f"{PREFIX}{name}": value for name, value in attributes.items()}
    await publish(stage.rabbitmq.admin_url, "rooms.inbox", [aio_pika.Message(b"{}", headers=headers), aio_pika.Message(b"{")])

    async def are_parked() -> bool:
        return (await clinic.get("/api/rooms/operations/parked"))["in_queue"] == 2

    await until(are_parked)
    await desk.go("/operations")
    parked = desk.page.get_by_role("region", name=re.compile("Parked messages"))
    await parked.get_by_role("combobox", name="Service").click()
    await desk.page.get_by_role("option", name="rooms").click()
    await expect(parked.get_by_role("checkbox")).to_have_count(3)
    await parked.get_by_role("textbox", name="Search").fill("paint_walls")
    await expect(parked.get_by_role("checkbox")).to_have_count(2)
    await desk.assert_accessible_in_both_colours()
    await parked.get_by_role("textbox", name="Search").fill("")
    await parked.get_by_role("checkbox", name=re.compile("Select all")).check()
    await parked.get_by_role("button", name="Discard").click()
    dialog = desk.page.get_by_role("dialog", name="Discard 2 messages?")
    await dialog.get_by_role("button", name="Discard").click()
    await expect(dialog.get_by_text("Choose a reason. It is logged.")).to_be_visible()
    await desk.assert_accessible_in_both_colours()
    await dialog.get_by_label("Unreadable").check()
    await dialog.get_by_role("button", name="Discard").click()
    await expect(parked.get_by_text("rooms.paint_walls.v1")).to_have_count(0)
    assert (await clinic.get("/api/rooms/operations/parked"))["in_queue"] == 0


async def test_a_service_that_is_down_is_shown_as_down_until_it_is_back(desk: Desk, stage: Platform) -> None:
    await desk.go("/operations")
    card = desk.page.get_by_role("article", name="catalog")
    await expect(card.get_by_text("ready", exact=True)).to_be_visible()
    try:
        await stage.stop("catalog")
        await expect(card.get_by_text("down", exact=True)).to_be_visible()
        await expect(desk.page.get_by_text("catalog cannot work right now")).to_be_visible()
        await desk.assert_accessible()
    finally:
        await stage.start("catalog")
    await expect(card.get_by_text("ready", exact=True)).to_be_visible()


async def test_events_are_seen_as_they_happen_by_type_and_not_while_paused(desk: Desk, clinic: Clinic) -> None:
    await desk.go("/operations")
    events = desk.page.get_by_role("region", name="Events")
    await expect(events.get_by_text("Live: events appear at once.")).to_be_visible()
    session = await clinic.booked(starts_at=at(9))
    booked = events.get_by_text("scheduling.session_booked.v1")
    await expect(booked).to_have_count(1)
    await booked.click()
    await expect(events.get_by_text(session["id"]).first).to_be_visible()
    await events.get_by_role("button", name="Pause").click()
    await clinic.step(session, "cancel", reason="Not wanted")
    await expect(events.get_by_role("button", name=re.compile(r"Resume \(\d+ new\)"))).to_be_visible()
    await expect(events.get_by_text("scheduling.session_cancelled.v1")).to_have_count(0)
    await events.get_by_role("button", name="Resume").click()
    await expect(events.get_by_text("scheduling.session_cancelled.v1")).to_have_count(1)
    await events.get_by_role("combobox", name="Types of events").fill("session_cancelled")
    await desk.page.get_by_role("option", name="scheduling.session_cancelled.v1").click()
    await expect(booked).to_have_count(0)
