"""Handing content to threads: everybody gets their own answer, also when others fail or have gone."""

from __future__ import annotations

import asyncio
import threading

import pytest

from pipeline.archive.packer import Packer


def length(data: bytes) -> str:
    if data == b"full":
        raise OSError("no space left on device")
    return str(len(data))


@pytest.mark.parametrize("workers", [1, 4])
def test_each_gets_its_own_answer_and_only_its_own_fault(workers: int) -> None:
    packer = Packer(length, workers)

    async def run() -> list[str | BaseException]:
        contents = [b"x" * n for n in range(50)]
        contents[20] = b"full"
        return await asyncio.gather(*map(packer.put, contents), return_exceptions=True)

    found = asyncio.run(run())
    assert isinstance(found.pop(20), OSError)
    assert found == [str(n) for n in range(50) if n != 20]
    assert asyncio.run(packer.put(b"again")) == "5", "in another event loop"
    packer.close()


def test_what_waits_goes_to_a_thread_together() -> None:
    threads: list[int] = []
    go = threading.Event()

    def put(data: bytes) -> str:
        threads.append(threading.get_ident())
        go.wait(5)
        return data.decode()

    async def run() -> list[str]:
        packer = Packer(put, 2)
        waiting = [asyncio.ensure_future(packer.put(b"%d" % n)) for n in range(10)]
        await asyncio.sleep(0)
        go.set()
        return await asyncio.gather(*waiting)

    assert asyncio.run(run()) == [str(n) for n in range(10)]
    assert len(set(threads)) == 2


def test_who_leaves_does_not_keep_the_others_nor_the_next_run() -> None:
    go = threading.Event()

    def put(data: bytes) -> str:
        go.wait(5)
        return data.decode()

    packer = Packer(put, 1)

    async def leave() -> None:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(packer.put(b"left"), 0.01)

    async def run() -> str:
        impatient = asyncio.ensure_future(packer.put(b"impatient"))
        other = asyncio.ensure_future(packer.put(b"other"))
        await asyncio.sleep(0)
        impatient.cancel()
        go.set()
        return await other

    asyncio.run(leave())
    assert asyncio.run(run()) == "other"
    packer.close()
