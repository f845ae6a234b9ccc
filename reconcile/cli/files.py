"""Files that are typed as arguments enter, `-` for stdin among them; what they hold leaves."""

from __future__ import annotations

import json
from typing import Any, BinaryIO

from reconcile.errors import InputError


def named(file: BinaryIO) -> str:
    """What messages call a file."""
    name = getattr(file, "name", None)
    return name if isinstance(name, str) and not name.startswith("<") else "stdin"


def read_json(content: bytes, file: str) -> Any:  # noqa: ANN401 - JSON
    """What a JSON file holds.

    Raises:
        InputError: it is no JSON, with the place where that shows.
    """
    try:
        found = json.loads(content.decode("utf-8-sig"))
        # Half a letter, which an escape can name, is in no text that may be written anywhere.
        json.dumps(found, ensure_ascii=False).encode()
    except UnicodeDecodeError as error:
        raise InputError(f"{file}: this is not UTF-8 text. Save the file as UTF-8.") from error
    except json.JSONDecodeError as error:
        place = f"{file}:{error.lineno}:{error.colno}"
        raise InputError(f"{place}: this is not JSON: {error.msg}.") from error
    except UnicodeEncodeError as error:
        raise InputError(f"{file}: an escape in this JSON names no letter.") from error
    except (ValueError, RecursionError) as error:
        raise InputError(f"{file}: this is no JSON that can be read: {error}.") from error
    return found


def read_object(content: bytes, file: str) -> dict[str, Any]:
    """The object that a JSON file holds.

    Raises:
        InputError: it holds something else.
    """
    found = read_json(content, file)
    if not isinstance(found, dict):
        raise InputError(f"{file}: this is no JSON object. Expected what Graph answers.")
    return found
