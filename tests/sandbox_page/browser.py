"""A headless Chromium for tests: an address enters, what the page says leaves."""

from __future__ import annotations

import itertools
import json
import shutil
import subprocess
import time
import urllib.request
from base64 import b64decode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

from websockets.sync.client import ClientConnection, connect

NAMES = ("chromium", "chromium-browser", "google-chrome")
_STARTS_WITHIN = 30.0
_SEEN_WITHIN = 15.0
_FLAGS = (
    *("--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run"),
    *("--ignore-certificate-errors", "--disable-dev-shm-usage", "--remote-debugging-port=0"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)


def find_browser() -> str | None:
    """The browser on PATH, if there is one."""
    return next(filter(None, map(shutil.which, NAMES)), None)


class Tab:
    """One page of a browser, steered over its debugging protocol."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._numbers = itertools.count(1)
        self.complaints: list[str] = []
        for domain in ("Page", "Runtime", "Log"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **options: Any) -> dict[str, Any]:
        """Send one command and wait for its answer; what the page complains of is kept."""
        number = next(self._numbers)
        self._socket.send(json.dumps({"id": number, "method": method, "params": options}))
        while True:
            said = json.loads(self._socket.recv(timeout=_SEEN_WITHIN))
            if said.get("id") == number:
                assert "error" not in said, said
                found: dict[str, Any] = said["result"]
                return found
            if said.get("method") in {"Runtime.exceptionThrown", "Log.entryAdded"}:
                self.complaints.append(json.dumps(said["params"]))

    def open(self, address: str, *, width: int = 1280) -> Self:
        size = {"width": width, "height": 1000, "deviceScaleFactor": 1, "mobile": False}
        self.call("Emulation.setDeviceMetricsOverride", **size)
        self.call("Page.navigate", url=address)
        return self

    def run(self, script: str) -> Any:
        """The value of an expression in the page."""
        found = self.call(
            "Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True
        )
        assert "exceptionDetails" not in found, found
        return found["result"].get("value")

    def text(self, selector: str) -> str:
        """What a person reads in a part of the page."""
        return str(self.run(f"document.querySelector({json.dumps(selector)})?.innerText ?? ''"))

    def wait(self, seen: Callable[[Tab], bool]) -> None:
        """Look until something is seen."""
        deadline = time.monotonic() + _SEEN_WITHIN
        while not seen(self):
            assert time.monotonic() < deadline, self.text("body")
            time.sleep(0.05)

    def picture(self, path: Path) -> None:
        """Keep what a person sees."""
        path.write_bytes(b64decode(self.call("Page.captureScreenshot", format="png")["data"]))


@contextmanager
def browsing(browser: str, folder: Path) -> Iterator[Tab]:
    """A browser with one empty tab; ended with the block."""
    process = subprocess.Popen(
        [browser, *_FLAGS, f"--user-data-dir={folder}", "about:blank"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        with connect(_debugger(process, folder), max_size=None) as socket:
            yield Tab(socket)
    finally:
        process.terminate()
        process.wait()


def _debugger(process: subprocess.Popen[bytes], folder: Path) -> str:
    """The address of the tab's debugger, once the browser has written where it listens."""
    noted = folder / "DevToolsActivePort"
    deadline = time.monotonic() + _STARTS_WITHIN
    while not (noted.exists() and noted.read_text()):
        assert process.poll() is None, "the browser ended at once"
        assert time.monotonic() < deadline, "the browser did not start"
        time.sleep(0.05)
    port = noted.read_text().splitlines()[0]
    while True:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/json/list") as answer:
            pages = [one for one in json.load(answer) if one["type"] == "page"]
        if pages:
            return str(pages[0]["webSocketDebuggerUrl"])
        assert time.monotonic() < deadline, "the browser opened no tab"
        time.sleep(0.05)
