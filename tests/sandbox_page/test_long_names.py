"""The page with the longest names that a command line takes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sandbox.spawned import spawn
from tests.sandbox_page.browser import Tab, browsing, find_browser

LONGEST = "w" * 32
_OUT = """
[...document.querySelectorAll("#whom, #tenant, #tenants td")]
  .filter((one) => one.getBoundingClientRect().right
    > one.closest("section").getBoundingClientRect().right).length
"""


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Tab, str]]:
    browser = find_browser()
    if browser is None:
        pytest.skip("no Chromium is on PATH: on Debian, apt install chromium")
    folder = tmp_path_factory.mktemp("long")
    with (
        spawn(folder / "sandbox", "--people", "0", "--tenant", LONGEST) as served,
        browsing(browser, folder / "browser") as tab,
    ):
        yield tab, served.variables["TENANTRY_SANDBOX_ORIGIN"]


@pytest.mark.parametrize("width", [800, 1280])
def test_a_long_alias_pushes_nothing_out(opened: tuple[Tab, str], width: int) -> None:
    tab, origin = opened

    page = tab.open(origin, width=width)
    page.wait(lambda seen: LONGEST in seen.text("#tenants"))

    assert page.run(_OUT) == 0
