"""The command line in this process: what a person would type, the exit code and what is shown."""

from __future__ import annotations

from typer.testing import CliRunner

from pipeline.cli import app


def iop(*arguments: object) -> tuple[int, str]:
    """Exit code and output of `iop …`; an exception that no command turned into a line is raised."""
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.output
