"""The films of a frozen text. Plain Python over snapshots."""

from collections.abc import Iterator

from courses.snapshot import Json


def captions_in(snapshot: Json) -> Iterator[tuple[str, str, str]]:
    """Yield the code of the lesson, the SHA-256 and the name of each film's captions."""
    for lesson in snapshot["lessons"]:
        for block in lesson["body"]:
            if block["type"] == "video" and (file := block["value"].get("captions")):
                yield lesson["code"], file["sha256"], file["filename"]


def untranslated_captions(snapshot: Json, *, source: Json) -> list[tuple[str, str]]:
    """Return lesson and file of the captions that a translation has as its ``source`` has them: nobody there reads them."""
    written = {sha256 for _, sha256, _ in captions_in(source)}
    return [(lesson, name) for lesson, sha256, name in captions_in(snapshot) if sha256 in written]
