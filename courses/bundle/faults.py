"""What was wrong with something that could not be stored, in a line."""

from collections.abc import Iterator

from django.core.exceptions import ValidationError


def in_a_line(fault: BaseException) -> str:
    """Return what is wrong; of blocks in blocks where it is, counted from 1: ``3/nodes/1/text: …``."""
    if isinstance(fault, ValidationError):
        if hasattr(fault, "block_errors"):
            return "; ".join(_in_blocks(fault, ""))
        if hasattr(fault, "message_dict"):
            return "; ".join(f"{name}: {' '.join(words)}" for name, words in fault.message_dict.items())
        return " ".join(fault.messages)
    if isinstance(fault, LookupError):
        return f"there is no {fault}"
    return str(fault).splitlines()[0] if str(fault) else type(fault).__name__


def _in_blocks(fault: ValidationError, place: str) -> Iterator[str]:
    """Yield what is wrong in the blocks of a page; Wagtail's own words for the whole say only that something is."""
    if not hasattr(fault, "block_errors"):
        yield f"{place}: {' '.join(fault.messages)}"
        return
    for own in fault.non_block_errors.as_data():  # type: ignore[attr-defined]  # beside block_errors
        yield f"{place}: {' '.join(own.messages)}"
    for name, inner in fault.block_errors.items():
        step = str(name + 1) if isinstance(name, int) else str(name)
        yield from _in_blocks(inner, f"{place}/{step}" if place else step)
