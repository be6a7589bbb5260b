"""A policy of one's own: laid over the warehouse's, checked against it, used while it is chosen."""

from __future__ import annotations

from pathlib import Path

import pytest

from warehouse.policy import PolicyError, policy, policy_of, using


def test_what_differs_is_laid_over(tmp_path: Path) -> None:
    file = tmp_path / "policy.toml"
    file.write_text("[volume]\nstop_drop = 0.5\n")
    before = policy()
    with using(file):
        assert policy()["volume"] == {**before["volume"], "stop_drop": 0.5}
        assert policy()["version"].startswith(f"{before['version']}+")
        assert policy()["privacy"] == before["privacy"] and "sessions" in policy()
    assert policy() == before


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[volume]\nstop_drp = 0.5\n", "there is no volume.stop_drp: there are small"),
        ('[volume]\nstop_drop = "half"\n', "volume.stop_drop is 'half' and must be like 0.3"),
        ("volume = 1\n", "volume is 1 and must be like"),
        ("[volume\n", "policy .*bad.toml: "),
    ],
)
def test_what_cannot_be_is_told(tmp_path: Path, text: str, words: str) -> None:
    file = tmp_path / "bad.toml"
    file.write_text(text)
    with pytest.raises(PolicyError, match=words):
        policy_of(file)
