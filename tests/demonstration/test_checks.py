from __future__ import annotations

import pytest

from tumen.demonstration import FULL_SIZE, check_figures, generate


def test_a_full_size_archive_holds_every_published_figure() -> None:
    checks = check_figures(generate())
    assert [check for check in checks if not check.ok] == []
    exact = {check.id: (check.published, check.got) for check in checks}
    assert exact["W24.T"] == (FULL_SIZE, FULL_SIZE)
    assert exact["W24.P"] == (56_452, 56_452)
    assert exact["W24.S1"] == (77_119, 77_119)
    assert exact["W24.S6"] == (1, 1)
    assert exact["W24.V1"] == (52_669, 52_669)
    assert exact["W24.M2"] == (8_139, 8_139)
    shares = [check for check in checks if check.id.split(".")[1] in ("PL", "PE", "X1", "X2", "X3", "M3", "evidence")]
    assert len(shares) == 20
    assert all(abs(check.published - check.got) < 1 for check in shares)


@pytest.mark.parametrize(("acts", "seed"), [(500, 1), (2000, 2024), (2000, 3), (9001, 4)])
def test_smaller_archives_hold_the_same_figures_scaled(acts: int, seed: int) -> None:
    assert [check for check in check_figures(generate(acts, seed)) if not check.ok] == []


def test_a_figure_that_does_not_hold_is_reported() -> None:
    archive = generate(2000)
    # Two acts change their kind, and with it their right: from liberty to migration.
    moved = [number for number, kind in enumerate(archive.truth.acts.kind.tolist()) if kind == 0][:2]
    archive.truth.acts.kind[moved] = 17
    broken = {check.id: check.got - check.published for check in check_figures(archive) if not check.ok}
    assert broken["W24.V1"] == -2
    assert broken["W24.V2"] == 2
