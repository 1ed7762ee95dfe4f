"""Pictures of the curriculum, known by course and file name."""

import hashlib
from collections.abc import Collection
from datetime import datetime
from pathlib import Path

from django.core.files.images import ImageFile
from wagtail.images import get_image_model

from courses.curriculum import schema
from courses.curriculum.registry import Form, Part
from courses.models import PictureApproval


def image_title(course: str, file: str) -> str:
    """Return the title under which a course's picture stands in the library."""
    return f"{course}/{file}"


class ImagePart(Part):
    """The files that image blocks name; another content under the same name is another picture."""

    name = "image"

    def __init__(self) -> None:
        self.files: dict[str, Path] = {}

    def shipped(self, curriculum: schema.Curriculum) -> dict[str, Form]:
        """Return the pictures, by their content."""
        forms: dict[str, Form] = {}
        for course in curriculum.courses:
            for lesson in course.lessons:
                for block in lesson.body:
                    if isinstance(block, schema.ImageBlock):
                        title = image_title(course.code, block.file)
                        self.files[title] = course.media / block.file
                        forms[title] = {
                            "sha1": hashlib.sha1(self.files[title].read_bytes()).hexdigest()
                        }  # Wagtail's own hash
        return forms

    def stored(self, codes: Collection[str]) -> dict[str, Form]:
        """Return the pictures with these titles."""
        rows = get_image_model().objects.filter(title__in=codes).order_by("pk")
        return {row.title: {"sha1": row.file_hash} for row in rows}

    def write(self, code: str, form: Form, at: datetime) -> None:
        """Add the picture, or put the new file in the place of the old.

        It is approved: whoever ships a curriculum has looked at its pictures.
        """
        model = get_image_model()
        image = model.objects.filter(title=code).order_by("pk").last() or model(title=code)
        with self.files[code].open("rb") as opened:
            image.file = ImageFile(opened, name=self.files[code].name)
            image.file_size = self.files[code].stat().st_size
            image.file_hash = form["sha1"]
            image.save()
        sha256 = hashlib.sha256(self.files[code].read_bytes()).hexdigest()
        PictureApproval.objects.get_or_create(sha256=sha256, defaults={"approved_at": at})
