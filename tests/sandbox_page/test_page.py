"""The page at the root of a sandbox, in a real browser."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from sandbox.seeds import sandbox_id
from sandbox.spawned import Spawned, spawn
from tests.sandbox_page.browser import Tab, browsing, find_browser

CONTOSO, FABRIKAM = sandbox_id("tenant:contoso"), sandbox_id("tenant:fabrikam")
PARTNERS = "/policies/crossTenantAccessPolicy/partners"
KEYS = {"Tab": {"windowsVirtualKeyCode": 9}}
MARKUP = "<img src=x onerror=alert(1)>"


# Every visible text whose contrast is below what WCAG 2 asks for at level AA: 4.5 to 1. Text that
# is switched off is exempt.
FAINT = """(() => {
  const parts = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const light = (colour) => parts(colour).slice(0, 3)
    .map((one) => one / 255)
    .map((one) => (one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4))
    .reduce((sum, one, place) => sum + one * [0.2126, 0.7152, 0.0722][place], 0);
  const behind = (element) => {
    const colour = getComputedStyle(element).backgroundColor;
    return parts(colour)[3] === 0 ? behind(element.parentElement) : colour;
  };
  const contrast = (element) => {
    const [low, high] = [light(getComputedStyle(element).color), light(behind(element))]
      .sort((one, other) => one - other);
    return (high + 0.05) / (low + 0.05);
  };
  const written = (element) => [...element.childNodes]
    .some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
  return [...document.body.querySelectorAll("*")]
    .filter((element) => element.checkVisibility() && written(element) && !element.disabled)
    .filter((element) => contrast(element) < 4.5)
    .map((element) => element.outerHTML);
})()"""


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """A served sandbox, and a browser that looks at it."""

    served: Spawned
    tab: Tab
    client: httpx.Client

    @property
    def origin(self) -> str:
        return self.served.variables["TENANTRY_SANDBOX_ORIGIN"]

    def graph(self, alias: str, method: str, path: str, body: Any = None) -> None:
        """One request of a tenant's administrator."""
        form = {
            "grant_type": "client_credentials",
            "client_id": sandbox_id(f"app:{alias}:administrator"),
            "client_secret": self.served.variables["TENANTRY_SANDBOX_SECRET"],
            "scope": f"{self.origin}/.default",
        }
        tenant = sandbox_id(f"tenant:{alias}")
        token = self.client.post(f"{self.origin}/{tenant}/oauth2/v2.0/token", data=form)
        bearer = {"Authorization": f"Bearer {token.json()['access_token']}"}
        address = f"{self.origin}/v1.0{path}"
        self.client.request(method, address, json=body, headers=bearer).raise_for_status()


def trust(served: Spawned) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=served.variables["SSL_CERT_FILE"])


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    browser = find_browser()
    if browser is None:
        pytest.skip("no Chromium is on PATH: on Debian, apt install chromium")
    folder = tmp_path_factory.mktemp("page")
    with (
        spawn(folder / "sandbox", "--people", "120") as served,
        httpx.Client(verify=trust(served)) as client,
        browsing(browser, folder / "browser") as tab,
    ):
        yield World(served=served, tab=tab, client=client)


@pytest.fixture
def page(world: World) -> Tab:
    """The page, as somebody opens it who finds a sandbox that nobody has asked for anything."""
    world.served.control("POST", "reset")
    world.served.control("DELETE", "faults")
    tab = world.tab.open(world.origin)
    tab.complaints.clear()
    tab.wait(lambda seen: "contoso.com" in seen.text("#tenants"))
    tab.wait(lambda seen: seen.run("document.querySelectorAll('#people tbody tr').length") > 0)
    return tab


def people(tab: Tab) -> int:
    return int(tab.run("document.querySelectorAll('#people tbody tr').length"))


def choose(tab: Tab, selector: str, value: str, event: str) -> None:
    tab.run(
        f"(() => {{ const one = document.querySelector('{selector}'); one.value = '{value}'; "
        f"one.dispatchEvent(new Event('{event}', {{bubbles: true}})); }})()"
    )


def press(tab: Tab, key: str, **more: str) -> None:
    tab.call(
        "Input.dispatchKeyEvent", type="keyDown", key=key, code=key, **KEYS.get(key, {}), **more
    )
    tab.call("Input.dispatchKeyEvent", type="keyUp", key=key, code=key, **KEYS.get(key, {}))


def test_every_tenant_is_shown_with_its_domains_and_people(page: Tab) -> None:
    assert [alias in page.text("#tenants") for alias in ("contoso", "fabrikam", "wingtip")]
    assert "tailspintoys.com" in page.text("#tenants")


def test_an_empty_part_says_what_to_do_next(page: Tab) -> None:
    assert "Nobody has asked for anything yet" in page.text("#requests")
    assert "None is armed." in page.text("#faults")


def test_people_come_fifty_at_a_time(page: Tab) -> None:
    assert people(page) == 50

    page.run("document.querySelector('#more').click()")

    page.wait(lambda seen: people(seen) == 100)


def test_people_are_found_by_a_part_of_their_address(page: Tab) -> None:
    choose(page, "#search", "met-before", "input")
    page.wait(lambda seen: people(seen) < 50)
    choose(page, "#search", "nobody-of-that-name", "input")

    page.wait(lambda seen: "Nobody here" in seen.text("#people"))


def test_another_tenants_people_are_shown_with_where_they_came_from(page: Tab) -> None:
    choose(page, "#tenant", "fabrikam", "change")

    page.wait(lambda seen: "contoso, invited" in seen.text("#people"))


def test_markup_in_a_name_is_text(world: World, page: Tab) -> None:
    person = sandbox_id("user:contoso:3")
    world.graph("contoso", "PATCH", f"/users/{person}", {"displayName": MARKUP})

    choose(page, "#search", "<img", "input")

    page.wait(lambda seen: MARKUP in seen.text("#people"))
    assert page.run("document.querySelectorAll('#people img').length") == 0


def test_what_is_asked_and_what_it_changes_is_seen_without_a_reload(
    world: World, page: Tab
) -> None:
    consent = {"automaticUserConsentSettings": {"inboundAllowed": True}}
    world.graph("fabrikam", "POST", PARTNERS, {"tenantId": CONTOSO, **consent})
    world.graph(
        "fabrikam",
        "PUT",
        f"{PARTNERS}/{CONTOSO}/identitySynchronization",
        {"userSyncInbound": {"isSyncAllowed": False}},
    )

    page.wait(lambda seen: "off" in seen.text("#links"))
    assert "POST /v1.0/policies/crossTenantAccessPolicy/partners" in page.text("#requests")
    assert "201" in page.text("#requests")


def test_the_closed_way_of_a_link_says_who_has_to_act(world: World, page: Tab) -> None:
    consent = {"automaticUserConsentSettings": {"outboundAllowed": True}}
    world.graph("wingtip", "POST", PARTNERS, {"tenantId": CONTOSO, **consent})

    page.wait(lambda seen: "wingtip → contoso" in seen.text("#links"))
    assert "closed: contoso does not allow it" in page.text("#links")


def test_people_are_listed_by_where_they_came_from(page: Tab) -> None:
    choose(page, "#tenant", "fabrikam", "change")
    choose(page, "#from", "invited", "change")

    page.wait(lambda seen: "3 shown, all there are" in seen.text("#found"))
    assert page.text("#people tbody").count("invited") == people(page) == 3


def test_the_list_of_people_follows_what_happens_to_them(world: World, page: Tab) -> None:
    name = {"displayName": "Renamed While Looking"}
    world.graph("contoso", "PATCH", f"/users/{sandbox_id('user:contoso:4')}", name)

    page.wait(lambda seen: "Renamed While Looking" in seen.text("#people"))


def test_a_fault_is_armed_as_told_and_cleared_alone(world: World, page: Tab) -> None:
    choose(page, "#whom", "fabrikam", "change")
    choose(page, "#count", "3", "change")
    page.run("document.querySelector('#arm button').click()")
    page.wait(lambda seen: "left 3" in seen.text("#faults"))
    assert "tenant fabrikam" in page.text("#faults")
    world.served.control("POST", "faults", kind="drop")
    page.wait(lambda seen: "drop" in seen.text("#faults"))

    page.run("document.querySelector('#faults button').click()")

    page.wait(lambda seen: "storm" not in seen.text("#faults"))
    assert world.served.state()["faults"]["armed"] == ["drop"]


def test_what_holds_until_it_is_cleared_is_not_counted(world: World, page: Tab) -> None:
    choose(page, "#kind", "revoke", "change")
    page.run("document.querySelector('#arm button').click()")

    page.wait(lambda seen: "revoke" in seen.text("#faults"))
    assert "left" not in page.text("#faults")
    assert page.run("document.querySelector('#count').disabled") is True
    world.served.control("DELETE", "faults")


def test_all_faults_are_cleared_at_once(world: World, page: Tab) -> None:
    world.served.control("POST", "faults", kind="drop")
    page.wait(lambda seen: "drop" in seen.text("#faults"))

    page.run("document.querySelector('#clear').click()")

    page.wait(lambda seen: "None is armed" in seen.text("#faults"))
    assert world.served.state()["faults"]["armed"] == []


def test_a_wish_that_is_refused_says_why(page: Tab) -> None:
    choose(page, "#kind", "close", "change")

    page.run("document.querySelector('#arm button').click()")

    page.wait(lambda seen: "close needs the tenant" in seen.text("#said"))


def test_time_passes_at_a_click(world: World, page: Tab) -> None:
    before = world.served.state()["now"]

    page.run("document.querySelector('[data-advance=\"86400\"]').click()")

    page.wait(lambda _: world.served.state()["now"][:10] > before[:10])


def test_the_page_asks_graph_for_nothing_and_complains_of_nothing(world: World, page: Tab) -> None:
    assert world.served.state()["requests"] == 0
    assert page.complaints == []


def test_nothing_is_cut_off_on_a_narrow_screen(world: World, page: Tab) -> None:
    narrow = page.open(world.origin, width=800)
    narrow.wait(lambda seen: "contoso.com" in seen.text("#tenants"))

    assert narrow.run("document.documentElement.scrollWidth") <= 800


def test_nothing_jumps_while_requests_arrive(world: World, page: Tab) -> None:
    page.run(
        "window.jumped = 0; new PerformanceObserver((list) => list.getEntries().forEach((one) => "
        "{ window.jumped += one.value; })).observe({type: 'layout-shift'})"
    )

    for _ in range(3):
        world.graph("contoso", "GET", "/users?$top=1")

    page.wait(lambda seen: seen.text("#requests").count("$top=1") == 3)
    assert page.run("window.jumped") == 0


def test_the_search_is_one_key_away_and_everything_else_a_few_tabs(page: Tab) -> None:
    press(page, "/", text="/")
    assert page.run("document.activeElement.id") == "search"
    assert page.run("document.querySelector('#search').value") == ""

    reached = set()
    for _ in range(40):
        press(page, "Tab")
        reached.add(page.run("document.activeElement.id"))

    assert {"people", "more", "requests", "kind", "clear", "throttling", "tenant"} <= reached


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_stands_out_from_what_is_behind_it(page: Tab, scheme: str) -> None:
    features = [{"name": "prefers-color-scheme", "value": scheme}]
    page.call("Emulation.setEmulatedMedia", features=features)

    try:
        assert page.run(FAINT) == []
    finally:
        page.call("Emulation.setEmulatedMedia", features=[])


def test_a_browser_may_load_nothing_from_elsewhere(world: World) -> None:
    answer = world.client.get(world.origin)

    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


@pytest.mark.parametrize("query", ["tenant=nobody", "tenant=contoso&after=x"])
def test_a_question_that_means_nothing_is_refused(world: World, query: str) -> None:
    answer = world.client.get(f"{world.origin}/_sandbox/page/people?{query}")

    assert answer.status_code == 400
    assert "expected" in answer.json()["error"]
