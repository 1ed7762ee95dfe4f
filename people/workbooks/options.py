"""What somebody says of a file beside the file."""

import hashlib
import json
from dataclasses import asdict, dataclass, field
from typing import Any


def _without_nul(said: Any) -> Any:
    match said:
        case str():
            return said.replace("\0", "")
        case list():
            return [_without_nul(each) for each in said]
        case dict():
            return {_without_nul(key): _without_nul(value) for key, value in said.items()}
    return said


@dataclass(frozen=True, slots=True)
class Options:
    """What is left open is found out, or asked for.

    ``mapping``: folded heading to column key, "" for "leave it out". ``date_order``: a ``values.DateOrder``, for
    dates that are written with numbers alone. ``all_or_nothing``: with a single error nothing is written.
    ``blank_clears``: keys of columns whose empty cells empty the value, where they leave it as it is otherwise.
    ``apply``: what has no problems is written as soon as it was judged, without anybody looking.
    """

    sheet: str = ""
    encoding: str = ""
    delimiter: str = ""
    date_order: str = ""
    blank_clears: list[str] = field(default_factory=list)
    mapping: dict[str, str] = field(default_factory=dict)
    all_or_nothing: bool = False
    apply: bool = False
    language: str = "en"

    def to_json(self) -> dict[str, Any]:
        """Return them as kept: without NUL, which no name of a sheet has and not every database keeps."""
        kept: dict[str, Any] = _without_nul(asdict(self))
        return kept

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> "Options":
        """Return what ``to_json`` kept."""
        return cls(**kept)

    def digest(self, *, kind: str, mode: str) -> str:
        """Return what marks an upload together with its file."""
        said = json.dumps([kind, mode, self.to_json()], sort_keys=True)
        return hashlib.sha256(said.encode()).hexdigest()
