"""Run config of the step `build`: a person takes, once, what differs from the release before."""

from datetime import datetime
from getpass import getuser

import dagster as dg
from pydantic import Field, model_validator

from warehouse.findings import Acceptance
from warehouse.types import utc

DRIFT = "drift"  # all that can be accepted: a broken contract or somebody's name is nobody's to take


class Accept(dg.Config):
    """What is accepted, by whom and why; empty: nothing."""

    accept: str = Field("", description=f'"{DRIFT}" publishes a release that nothing but drift stops')
    by: str = Field("", description="Who looked at it; by default the login name")
    why: str = Field("", description="Why what differs is right")

    @model_validator(mode="after")
    def _has_reason(self) -> "Accept":
        if self.accept not in ("", DRIFT):
            raise ValueError(f"accept is {self.accept!r}: only {DRIFT!r} can be accepted")
        if self.accept and not self.why.strip():
            raise ValueError(f"accept {DRIFT} needs a reason: say why what differs is right")
        if not self.accept and (self.by or self.why):
            raise ValueError(f"by and why are of what is accepted: accept {DRIFT}")
        return self

    def acceptance(self, now: datetime) -> Acceptance | None:
        """Who, why and when (UTC); None where nothing is accepted."""
        if not self.accept:
            return None
        return Acceptance(self.by.strip() or getuser(), self.why.strip(), utc(now))
