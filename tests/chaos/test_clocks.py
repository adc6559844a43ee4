"""A clock is stepped while its process runs, and what measures time-outs goes on."""

import asyncio
import os
import sys
import time
from pathlib import Path

from testing import until

from chaos.clocks import step, with_clock

HOUR_S = 3600
PRINT = """
import sys, time
for _ in sys.stdin:
    print(time.time(), time.monotonic(), flush=True)
"""


async def test_the_time_of_day_of_a_running_process_is_stepped_and_stepped_back(tmp_path: Path) -> None:
    clock = tmp_path / "clock"
    env = {**os.environ, **with_clock(clock)}
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", PRINT, stdin=pipe, stdout=pipe, env=env)
    if process.stdin is None or process.stdout is None:
        raise AssertionError
    reader, writer = process.stdout, process.stdin

    async def ahead() -> tuple[int, int]:
        writer.write(b"\n")
        of_day, monotonic = map(float, (await reader.readline()).split())
        return round((of_day - time.time()) / HOUR_S), round(monotonic - time.monotonic())

    async def is_ahead(hours: int) -> bool:
        return await ahead() == (hours, 0)

    for hours in (0, 1, -2, 0):
        step(clock, hours * HOUR_S)
        await until(lambda hours=hours: is_ahead(hours), 10)
    writer.close()
    assert await process.wait() == 0
