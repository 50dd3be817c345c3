"""Jobs in processes of their own: one that crashes or hangs costs its own job and no other.

Every process is a fresh interpreter that reads one JSON line a job and answers with one, so it is
the same on every system, in a notebook and in a script without a main guard.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Literal

from govdisclose.errors import UsageError

Job = Mapping[str, Any]
_READY = b"ready\n"
Outcome = tuple[Literal["done", "crash", "time_limit"], Any]


def in_processes(function: str, jobs: Sequence[Job], *, workers: int, limit: float) -> Iterator[tuple[int, Outcome]]:
    """Call a function on every job in `workers` processes.

    Parameters
    ----------
    function
        `"module:name"`; takes a job and gives something JSON can hold.
    jobs
        Mappings JSON can hold.
    workers
        How many processes.
    limit
        Seconds one job may take. A process that takes longer is ended, and a new one goes on.

    Yields
    ------
    (int, Outcome)
        Index of the job, and `("done", result)`, `("crash", exit code)` or `("time_limit", limit)`;
        as they end, not in order.
    """
    todo: queue.SimpleQueue[int] = queue.SimpleQueue()
    for index in range(len(jobs)):
        todo.put(index)
    done: queue.SimpleQueue[tuple[int, Outcome] | BaseException] = queue.SimpleQueue()
    stop = threading.Event()
    hands = [_Hand(function, limit) for _ in range(min(workers, len(jobs)))]

    def work(hand: _Hand) -> None:
        try:
            while not stop.is_set():
                try:
                    index = todo.get_nowait()
                except queue.Empty:
                    return
                done.put((index, hand.do(jobs[index])))
        except BaseException as error:  # a thread has nobody else to tell
            done.put(error)
        finally:
            hand.end()

    threads = [threading.Thread(target=work, args=(hand,), daemon=True) for hand in hands]
    for thread in threads:
        thread.start()
    try:
        for _ in jobs:
            answer = done.get()
            if isinstance(answer, BaseException):
                raise answer
            yield answer
    finally:
        stop.set()
        for hand in hands:
            hand.kill()
        for thread in threads:
            thread.join()


class _Hand:
    """One worker process, started when it is first needed and again after it died."""

    def __init__(self, function: str, limit: float) -> None:
        self.function = function
        self.limit = limit
        self.process: subprocess.Popen[bytes] | None = None
        self.killed = False

    def do(self, job: Job) -> Outcome:
        process = self.process or self._start()
        late = threading.Event()

        def expire() -> None:
            late.set()
            _end_group(process)

        timer = threading.Timer(self.limit, expire)
        timer.daemon = True
        timer.start()
        try:
            answer = self._ask(process, job)
        finally:
            timer.cancel()
            timer.join()  # from here on `late` does not change
        if answer and not late.is_set():
            return ("done", answer[0])
        self.end()
        if answer:
            return ("done", answer[0])
        return ("time_limit", self.limit) if late.is_set() else ("crash", process.returncode)

    def _ask(self, process: subprocess.Popen[bytes], job: Job) -> list[Any]:
        """The answer as a list of one, or an empty list where the process gave none."""
        if process.stdin is None or process.stdout is None:
            return []
        try:
            process.stdin.write(json.dumps(job).encode() + b"\n")
            process.stdin.flush()
            line = process.stdout.readline()
        except OSError:
            return []
        return [json.loads(line)] if line.endswith(b"\n") else []

    def _start(self) -> subprocess.Popen[bytes]:
        root = str(Path(__file__).resolve().parents[2])
        paths = [root, *filter(None, [os.environ.get("PYTHONPATH")])]
        # One thread each: several processes whose libraries each use every core run slower than one.
        single = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "OPENCV_FOR_THREADS_NUM"), "1")
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-c", "from govdisclose.corpus.workers import serve; serve()", self.function],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**single, **os.environ, "PYTHONPATH": os.pathsep.join(paths), "PYTHONUTF8": "1"},
            start_new_session=os.name == "posix",  # so that what it started ends with it, and Ctrl-C is ours
        )
        if self.killed:
            self.kill()
        if self.process.stdout is None or self.process.stdout.readline() != _READY:
            self.end()
            if not self.killed:
                raise UsageError(f"{sys.executable} starts no further process that finds govdisclose; use workers=1")
        return self.process

    def kill(self) -> None:
        """End the process from another thread; the one that waits for it sees it gone."""
        self.killed = True
        if self.process is not None and self.process.poll() is None:
            _end_group(self.process)

    def end(self) -> None:
        """Let go of the process: it ends when its input does."""
        if self.process is None:
            return
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            _end_group(self.process)
            self.process.wait()
        self.process = None


def _end_group(process: subprocess.Popen[bytes]) -> None:
    if os.name == "posix":
        import signal

        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()


def serve() -> None:
    """The worker's side: jobs on standard input, answers on what standard output was at the start.

    What libraries print goes nowhere, so that it cannot be taken for an answer.
    """
    import warnings

    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    warnings.simplefilter("ignore")
    function = resolve(sys.argv[1])
    answers.write(_READY)
    answers.flush()
    for number, line in enumerate(sys.stdin.buffer):
        answers.write(json.dumps(function(json.loads(line))).encode() + b"\n")
        answers.flush()
        if not number:
            gc.freeze()  # the libraries loaded by now stay: a twentieth of the time would go into searching them


def resolve(function: str) -> Callable[[Job], Any]:
    """The function that `"module:name"` names.

    >>> resolve("json:dumps")({})
    '{}'
    """
    module, _, name = function.partition(":")
    found: Callable[[Job], Any] = getattr(importlib.import_module(module), name)
    return found
