"""The pictures of a frozen text, and what keeps them from being released. Plain Python over snapshots."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from assessments.frozen import Json


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture in ``lesson``, known by the SHA-256 of its file, with what it tells who does not see it."""

    lesson: str
    block: str
    sha256: str
    alt: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class PictureProblem:
    """Why ``picture`` stands against a release: nobody approved it, or its words are missing in the language."""

    picture: Picture
    is_unapproved: bool


def pictures_in(snapshot: Json) -> Iterator[Picture]:
    """Yield the pictures of a text, in their order."""
    for lesson in snapshot["lessons"]:
        for block in lesson["body"]:
            if block["type"] == "image" and (file := block["value"].get("image")):
                alt = (block["value"].get("alt") or "").strip()
                yield Picture(lesson["code"], block["id"], file["sha256"], alt, file.get("url", ""))


def picture_problems(snapshot: Json, *, source: Json, approved: Collection[str]) -> list[PictureProblem]:
    """Return what is wrong with the pictures of ``snapshot``: nobody ``approved`` one, or it has no words here.

    ``source`` is the same course in the language that it was written in: where a picture of another language has the
    very words of the source, nobody has translated them.
    """
    written = {(each.sha256, each.alt) for each in pictures_in(source)} if source is not snapshot else set()
    found = []
    for picture in pictures_in(snapshot):
        if picture.sha256 not in approved:
            found.append(PictureProblem(picture, is_unapproved=True))
        if not picture.alt or (picture.sha256, picture.alt) in written:
            found.append(PictureProblem(picture, is_unapproved=False))
    return found
