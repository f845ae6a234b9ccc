"""Microsoft's own models: an answer enters, the model and what it left over leave."""

from __future__ import annotations

import json
from typing import Any


def read(body: Any, model: type[Any]) -> Any:
    from kiota_serialization_json.json_parse_node_factory import JsonParseNodeFactory

    content = json.dumps(body).encode()
    node = JsonParseNodeFactory().get_root_parse_node("application/json", content)
    return node.get_object_value(model)


def left_over(model: Any, where: str) -> list[str]:
    """The members that no model knows; details are free by definition."""
    if isinstance(model, list):
        return [found for one in model for found in left_over(one, f"{where}[]")]
    if not hasattr(model, "additional_data") or type(model).__name__ == "DetailsInfo":
        return []
    own = [f"{where}.{name}" for name in model.additional_data if not name.startswith("@odata.")]
    inner = [
        (name, value)
        for name, value in vars(model).items()
        if name not in {"additional_data", "backing_store"}
    ]
    return own + [found for name, value in inner for found in left_over(value, f"{where}.{name}")]
