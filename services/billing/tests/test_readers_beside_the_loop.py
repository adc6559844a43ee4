"""Files at the limit are read beside the event loop: no step of it is long while they are."""

import asyncio
import gc
import threading
from types import ModuleType
from typing import Final
from uuid import UUID

import pytest
from billing import api_diagnosis_codes, payers
from billing.claims import acknowledgements, uploads
from billing.claims.uploads import FORM
from billing.remittances import x12_835
from chassis.apart import apart
from chassis.limits import LARGEST_BODY
from chassis.problems import Problem, refused
from clearing_house import Said, write_277ca
from httpx import ASGITransport, AsyncClient
from insurer import as_expected, write_835
from starlette.requests import Request
from starlette.types import Message
from support.loop_steps import loop_steps
from support.running import build

LONGEST_STEP_S: Final = 0.020
MOST_LEFT: Final = 100
"""Objects that only the collector can free; it stops the event loop while it does."""
BOUNDARY: Final = "holdfast"
REMITTANCE: Final = write_835([as_expected(f"HF{number:09d}") for number in range(x12_835.MOST_CLAIMS)])
ACKNOWLEDGEMENT: Final = write_277ca(107, *(Said(f"HF{number:09d}") for number in range(acknowledgements.MOST_VERDICTS)))
FEES: Final = "service_code,credential,amount,effective_from,effective_to\n" + "90837,PhD,152.00,2026-01-01,\n" * payers.MOST_LINES


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
    "a 277CA": (ACKNOWLEDGEMENT, acknowledgements.read),
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
        found = await apart(reader, await uploads.read_text(request(body, content_type)))
    assert found
    assert steps.longest_s < LONGEST_STEP_S, steps.longest


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
        ("/claims/acknowledgements", (acknowledgements, "read")),
        (f"/payers/{UUID(int=1)}/fees/import", (payers, "read_sheet")),
        ("/diagnosis-codes/import", (api_diagnosis_codes, "read_sheet")),
    ],
    ids=lambda value: value if isinstance(value, str) else value[1],
)
async def test_every_file_that_is_sent_is_read_in_another_thread(
    path: str, reader: tuple[ModuleType, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    threads: list[threading.Thread] = []

    def read(*_: object) -> None:
        threads.append(threading.current_thread())
        raise refused("seen", "It was read.")

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
    with pytest.raises(Problem, match="nothing in the file"):
        uploads.text_of(f"--{BOUNDARY}\r\n{mail}--{BOUNDARY}--\r\n".encode(), f"{FORM}; boundary={BOUNDARY}")


async def test_no_step_of_the_loop_is_long_while_a_sheet_at_the_limit_is_read() -> None:
    with loop_steps() as steps:
        sheet = await apart(payers.read_sheet, FEES.encode())
    assert len(sheet.fees) == payers.MOST_LINES
    assert steps.longest_s < LONGEST_STEP_S, steps.longest


async def test_other_work_goes_on_while_more_files_are_read_than_at_once() -> None:
    ticks = 0

    async def tick() -> None:
        nonlocal ticks
        while True:
            await asyncio.sleep(0)
            ticks += 1

    ticking = asyncio.create_task(tick())
    found = await asyncio.gather(*(apart(x12_835.read_payments, REMITTANCE) for _ in range(4)))
    ticking.cancel()
    assert all(file.remittance for files in found for file in files)
    assert ticks > len(found)
