"""Our own log lines: written by loggers named `pipeline…`, at standard error as text or JSON lines, and in Dagster's log.

Everybody logs with `logging` alone and gives what a program may want in `extra` (`source_id`, `stage`, counts). Commands write
the lines with `written`; under Dagster its instance takes them (`managed_python_loggers` in `dagster.yaml`). A progress bar
and a log line tell the same: a run shows one of them (`Lines`).
"""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Iterator, MutableMapping
from contextlib import ExitStack, contextmanager, redirect_stderr
from typing import Any, TextIO

from pipeline.progress import Progress, Task
from warehouse.unseen import without_acting

OURS = "pipeline"
LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
FORMATS = ("text", "json")
TEXT = "%(asctime)s %(levelname)s %(message)s"
log = logging.getLogger(__name__)


@contextmanager
def written(level: str, form: str) -> Iterator[None]:
    """While this lasts, our lines from `level` on go to standard error, in one of `FORMATS`. Of JSON lines all of it is
    made: what else is written there becomes a line, too."""
    logger, before = logging.getLogger(OURS), logging.getLogger(OURS).level
    with ExitStack() as stack:
        if form == "json":
            handler: logging.Handler = logging.StreamHandler(sys.stderr)
            handler.setFormatter(_json())
            stack.enter_context(redirect_stderr(_Records()))
        else:
            handler = _StandardError()
            handler.setFormatter(_Safe(TEXT))
        logger.setLevel(level)
        logger.addHandler(handler)
        try:
            yield
        finally:
            logger.removeHandler(handler)
            logger.setLevel(before)


def under_dagster(level: str) -> None:
    """From which level on a run of Dagster takes our lines."""
    logging.getLogger(OURS).setLevel(level)


class Lines:
    """Progress as log lines, and as whatever else shows it: one line as each step ends, with its time in seconds."""

    def __init__(self, shown: Progress) -> None:
        self._shown = shown

    @contextmanager
    def task(self, name: str, total: int | None = None) -> Iterator[Task]:
        began = time.monotonic()
        with self._shown.task(name, total) as task:
            counted = _Counted(task)
            yield counted
        seconds = round(time.monotonic() - began, 3)
        fields = {"stage": name, "steps": counted.done, "seconds": seconds}
        log.info("%s: done, %d in %.1f s", name, counted.done, seconds, extra=fields)


class _Counted:
    """A task that knows how far it came."""

    def __init__(self, task: Task) -> None:
        self._task, self.done = task, 0

    def advance(self, steps: int = 1) -> None:
        self.done += steps
        self._task.advance(steps)

    def total(self, steps: int) -> None:
        self._task.total(steps)


class _Records:
    """A file whose lines are log records, so that what is told to people can be read by programs."""

    def __init__(self) -> None:
        self._writing = False

    def write(self, text: str) -> int:
        if not self._writing:  # the handler itself failed, and says so here
            self._writing = True
            for line in filter(None, map(str.strip, text.splitlines())):
                log.warning("%s", line)
            self._writing = False
        return len(text)

    def flush(self) -> None:
        """Nothing is held back."""

    def isatty(self) -> bool:
        return False


class _Safe(logging.Formatter):
    """Lines may quote sources: no character that acts unseen reaches the terminal."""

    def format(self, record: logging.LogRecord) -> str:
        return without_acting(super().format(record))


class _StandardError(logging.StreamHandler[TextIO]):
    """To standard error as it is when a line is written: progress bars and tests put others in its place."""

    def __init__(self) -> None:
        logging.Handler.__init__(self)

    @property
    def stream(self) -> TextIO:  # type: ignore[override]
        return sys.stderr


def _json() -> logging.Formatter:
    """One object a line: at, level, logger, event, and the fields that were given."""
    from structlog import processors, stdlib  # only who wants JSON waits for it

    return stdlib.ProcessorFormatter(
        foreign_pre_chain=[
            stdlib.ExtraAdder(),
            stdlib.add_log_level,
            stdlib.add_logger_name,
            processors.TimeStamper(fmt="iso", key="at"),
            processors.format_exc_info,
        ],
        processors=[stdlib.ProcessorFormatter.remove_processors_meta, _plain, processors.JSONRenderer()],
    )


def _plain(_logger: Any, _name: str, fields: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Without what Dagster's handler left on the record."""
    return {name: value for name, value in fields.items() if not name.startswith("dagster_")}
