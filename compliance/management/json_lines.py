"""One JSON object with a long list in it, written line by line: a large organisation is never held in memory."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from django.core.management.base import OutputWrapper


def write_json(out: OutputWrapper, head: Mapping[str, Any], name: str, items: Iterable[Mapping[str, Any]]) -> None:
    """Write ``head`` with ``items`` under ``name`` as its last member, an item on each line."""
    out.write(f'{json.dumps(head)[:-1]}, "{name}": [', ending="")
    separator = "\n"
    for it in items:
        out.write(separator + json.dumps(it, ensure_ascii=False), ending="")
        separator = ",\n"
    out.write("\n]}")
