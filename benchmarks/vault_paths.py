"""Many secrets at once: boot's reader against one request after another, over a network of 20 ms.

The server only answers as Vault does, late: what is measured is how the requests are arranged. It is a process of its
own, so that it doesn't compete with its client for one interpreter.
"""

from __future__ import annotations

import asyncio
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from benchmarks.measure import Result

PATHS = 200
LATENCY = 0.02  # seconds

_MOUNT = b'{"data":{"path":"secret/","type":"kv","options":{"version":"2"}}}'
_SECRET = b'{"data":{"data":{"k":"v"},"metadata":{"version":1}}}'


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            await asyncio.sleep(LATENCY)
            body = _MOUNT if b"/sys/internal/" in head else _SECRET
            headers = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
            writer.write(headers.encode() + body)
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()


async def _serve() -> None:
    server = await asyncio.start_server(_answer, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


@contextmanager
def slow_server() -> Iterator[str]:
    """The address of a server that answers every request after LATENCY."""
    process = subprocess.Popen([sys.executable, __file__], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()


def side_by_side(address: str, paths: int) -> None:
    """As boot does it."""
    from confcontract.secrets.vault.reader import VaultReader

    reader = VaultReader({"VAULT_ADDR": address, "VAULT_TOKEN": "t"}, deadline_seconds=60)
    fetched = reader.read({f"V{number}": f"secret/{number}#k" for number in range(paths)})
    reader.close()
    assert len(fetched.values) == paths, fetched.problems


def one_after_another(address: str, paths: int) -> None:
    """hvac as its documentation shows it: one client, one connection, one request after another."""
    import hvac

    client = hvac.Client(url=address, token="t")
    for number in range(paths):
        found = client.secrets.kv.v2.read_secret_version(
            str(number), mount_point="secret", raise_on_deleted_version=True
        )
        assert found["data"]["data"]["k"] == "v"


def compare(runs: int, paths: int = PATHS) -> tuple[Result, Result]:
    """(ours, theirs), in turn."""
    with slow_server() as address:
        taken: dict[Callable[[str, int], None], list[tuple[float, float]]] = {side_by_side: [], one_after_another: []}
        for act in taken:
            act(address, 1)  # imports
        for _ in range(runs):
            for act, times in taken.items():
                wall, cpu = time.perf_counter(), time.process_time()
                act(address, paths)
                times.append((time.perf_counter() - wall, time.process_time() - cpu))
    ours, theirs = (
        Result(
            statistics.median(wall for wall, _ in times) * 1000,
            statistics.median(cpu for _, cpu in times) * 1000,
            0.0,
            runs,
        )
        for times in taken.values()
    )
    return ours, theirs


if __name__ == "__main__":
    try:
        asyncio.run(_serve())
    except KeyboardInterrupt:
        sys.exit(130)
