"""Stream values as forms and back: what is chosen is named by its code instead of its key in the database."""

from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID, uuid5

from wagtail import blocks
from wagtail.blocks.field_block import ChooserBlock
from wagtail.images.models import AbstractImage

from courses.curriculum.parts.html import as_edited

_BLOCK_IDS = UUID("3f6c4c36-7a07-5c0e-9a55-2f8f0d4e7b61")

Finder = Callable[[ChooserBlock, str], int | None]
"""Returns the primary key of what a form names in a chooser."""


Namer = Callable[[Any], str]
"""Returns the name under which a form keeps what was chosen."""


def code_of(chosen: Any) -> str:
    """Return the code of what was chosen, the title of a picture."""
    if isinstance(chosen, AbstractImage):
        return str(chosen.title)
    return "" if chosen is None else str(getattr(chosen, "code", chosen.pk))


def to_form(block: blocks.Block, value: Any, *, name: Namer = code_of) -> Any:
    """Return a block's value as a form: no ids of blocks, no keys of rows."""
    match block:
        case blocks.StreamBlock():
            return [
                {"type": child.block_type, "value": to_form(child.block, child.value, name=name)} for child in value
            ]
        case blocks.ListBlock():
            return [to_form(block.child_block, each, name=name) for each in value or ()]
        case blocks.StructBlock():
            form = {field: to_form(child, value.get(field), name=name) for field, child in block.child_blocks.items()}
            # Left out where there are none, as in forms that were loaded before blocks named claims.
            return {field: part for field, part in form.items() if field != "claims" or part}
        case blocks.RichTextBlock():
            return as_edited(value.source) if value else ""
        case ChooserBlock():
            return name(value)
        case _:
            return "" if value is None else block.get_prep_value(value)


def chosen_in(block: blocks.Block, form: Any) -> Iterator[tuple[ChooserBlock, str]]:
    """Yield each name in a form, with the chooser that it stands in."""
    match block:
        case blocks.StreamBlock():
            for each in form:
                yield from chosen_in(block.child_blocks[each["type"]], each["value"])
        case blocks.ListBlock():
            for each in form:
                yield from chosen_in(block.child_block, each)
        case blocks.StructBlock():
            for name, child in block.child_blocks.items():
                yield from chosen_in(child, form.get(name, []) if name == "claims" else form[name])
        case ChooserBlock():
            if form:
                yield block, form


def to_raw(block: blocks.Block, form: Any, *, find: Finder, place: str) -> Any:
    """Return what the database keeps for ``form``; ``place`` names the value, so that ids stay from load to load."""
    match block:
        case blocks.StreamBlock():
            return [
                {
                    "type": each["type"],
                    "value": to_raw(block.child_blocks[each["type"]], each["value"], find=find, place=at),
                    "id": block_id(at),
                }
                for index, each in enumerate(form)
                for at in [f"{place}/{index}"]
            ]
        case blocks.ListBlock():
            return [
                {"type": "item", "value": to_raw(block.child_block, each, find=find, place=at), "id": block_id(at)}
                for index, each in enumerate(form)
                for at in [f"{place}/{index}"]
            ]
        case blocks.StructBlock():
            return {
                name: to_raw(
                    child, form.get(name, []) if name == "claims" else form[name], find=find, place=f"{place}/{name}"
                )
                for name, child in block.child_blocks.items()
            }
        case ChooserBlock():
            return find(block, form) if form else None
        case _:
            return form


def block_id(place: str) -> str:
    """Return the id of the block at ``place``."""
    return str(uuid5(_BLOCK_IDS, place))
