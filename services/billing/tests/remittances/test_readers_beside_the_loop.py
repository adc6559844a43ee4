"""Files at the limit are read beside the event loop: no step of it is long while they are."""

import asyncio
import gc
import threading
from types import ModuleType
from typing import Final
from uuid import UUID

import pytest
from billing.claims import acknowledgement
from billing.diagnosis_codes import api
from billing.payers import schemas, use_cases
from billing.payment_advice import x12_835
from billing.x12 import schemas as x12_schemas
from billing.x12.api import read_text
from chassis.errors import DomainError, Invalid
from chassis.files.forms import FORM
from chassis.files.threads import in_thread
from chassis.http.limits import LARGEST_BODY
from clearing_house import Said, write_277ca
from httpx import ASGITransport, AsyncClient
from insurer import as_expected, write_835
from starlette.requests import Request
from starlette.types import Message
from testing.loop_steps import loop_steps
from testing.running import build

LONGEST_STEP: Final = 10
"""In units of ``testing.loop_steps``; measured: less than 1."""
MOST_LEFT: Final = 100
"""Objects that only the collector can free; it stops the event loop while it does."""
BOUNDARY: Final = "holdfast"
REMITTANCE: Final = write_835([as_expected(f"HF{number:09d}") for number in range(x12_835.MOST_CLAIMS)])
ACKNOWLEDGEMENT: Final = write_277ca(107, *(Said(f"HF{number:09d}") for number in range(acknowledgement.MOST_VERDICTS)))
FEES: Final = "service_code,credential,amount,effective_from,effective_to\n" + "90837,PhD,152.00,2026-01-01,\n" * schemas.MOST_LINES


def form(content: str) -> bytes:
    """Put a file into a form."""
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="a.835"\r\n\r\n'
    return f"{head}{content}\r\n--{BOUNDARY}--\r\n".encode()


def request(body: bytes, content_type: str) -> Request:
    """Ask with a body that arrives whole."""

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    return Request({"type": "http", "method": "POST", "headers": [(b"content-type", content_type.encode())]}, receive)


FULL: Final = {
    "an 835": (REMITTANCE, x12_835.read_payments),
    "a 277CA": (ACKNOWLEDGEMENT, acknowledgement.read),
    "junk of the largest size": ("CLP*" * (LARGEST_BODY // 4 - 100), x12_835.read_payments),
    "line breaks of the largest size": ("ISA" + "\r" * (LARGEST_BODY - 400), x12_835.read_payments),
}


@pytest.mark.parametrize("content_type", ["application/edi-x12", f"{FORM}; boundary={BOUNDARY}"], ids=["body", "form"])
@pytest.mark.parametrize("case", FULL)
async def test_no_step_of_the_loop_is_long_while_a_file_at_the_limit_is_read(case: str, content_type: str) -> None:
    text, reader = FULL[case]
    body = form(text) if content_type.startswith(FORM) else text.encode()
    assert len(body) <= LARGEST_BODY
    with loop_steps() as steps:
        found = await in_thread(reader, await read_text(request(body, content_type)))
    assert found
    assert steps.longest < LONGEST_STEP, steps.what


@pytest.mark.parametrize("case", ["an 835", "a 277CA"])
def test_what_was_read_of_a_file_is_freed_without_the_collector(case: str) -> None:
    text, reader = FULL[case]
    gc.collect()
    gc.disable()
    try:
        assert reader(text)
        assert gc.collect() < MOST_LEFT
    finally:
        gc.enable()


@pytest.mark.parametrize(
    ("path", "reader"),
    [
        ("/remittances", (x12_835, "read_payments")),
        ("/claims/acknowledgements", (acknowledgement, "read")),
        (f"/payers/{UUID(int=1)}/fees/import", (use_cases, "read_sheet")),
        ("/diagnosis-codes/import", (api, "read_sheet")),
    ],
    ids=lambda value: value if isinstance(value, str) else value[1],
)
async def test_every_file_that_is_sent_is_read_in_another_thread(
    path: str, reader: tuple[ModuleType, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    threads: list[threading.Thread] = []

    def read(*_: object) -> None:
        threads.append(threading.current_thread())
        raise Invalid("seen", "It was read.")

    monkeypatch.setattr(*reader, read)
    app = build("billing", database_url="postgresql+asyncpg://nowhere/none", broker_url="amqp://nowhere")
    async with AsyncClient(transport=ASGITransport(app), base_url="http://test") as client:
        answer = await client.post(path, content=b"ISA*00", headers={"Content-Type": "text/plain", "Idempotency-Key": "once"})
    assert answer.json()["type"] == "/problems/seen", answer.text
    assert threads
    assert threading.main_thread() not in threads


def test_a_form_whose_part_is_a_mail_holds_no_file() -> None:
    mail = (
        "Content-Disposition: form-data; name=file; filename=835.eml\r\nContent-Type: message/rfc822\r\n\r\nSubject: 835\r\n\r\nISA*00*\r\n"
    )
    with pytest.raises(DomainError, match="nothing in the file"):
        x12_schemas.text_of(f"--{BOUNDARY}\r\n{mail}--{BOUNDARY}--\r\n".encode(), f"{FORM}; boundary={BOUNDARY}")


async def test_no_step_of_the_loop_is_long_while_a_sheet_at_the_limit_is_read() -> None:
    with loop_steps() as steps:
        sheet = await in_thread(use_cases.read_sheet, FEES.encode())
    assert len(sheet.fees) == schemas.MOST_LINES
    assert steps.longest < LONGEST_STEP, steps.what


async def test_other_work_goes_on_while_more_files_are_read_than_at_once() -> None:
    ticks = 0

    async def tick() -> None:
        nonlocal ticks
        while True:
            await asyncio.sleep(0)
            ticks += 1

    ticking = asyncio.create_task(tick())
    found = await asyncio.gather(*(in_thread(x12_835.read_payments, REMITTANCE) for _ in range(4)))
    ticking.cancel()
    assert all(file.remittance for files in found for file in files)
    assert ticks > len(found)
