"""Who a process was started by enters; a call leaves once that process is gone.

An engine that is killed has no time to end its plugins. Left alone they would wait for ever.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable

_GLANCE = 1.0  # seconds between two looks at the parent


def when_orphaned(then: Callable[[], object]) -> None:
    """Call `then` from a thread of its own, once this process has lost its parent."""
    parent = os.getppid()
    pause = threading.Event()

    def watch() -> None:
        while os.getppid() == parent:
            pause.wait(_GLANCE)
        then()

    threading.Thread(target=watch, name="watch the parent", daemon=True).start()
