"""Every file of a course of six lessons: all of them after a release, and after one word changed."""

import resource
import subprocess
import sys
import time

import django

django.setup()

from cms import clock  # noqa: E402  # after setup
from courses.models import Course, EditionText, Rendition  # noqa: E402
from courses.selectors import newest_edition  # noqa: E402
from courses.services import make_renditions  # noqa: E402
from courses.snapshot import digest  # noqa: E402
from tests.bench.figures import started_with  # noqa: E402

LANGUAGES = ("fr", "pa", "es", "tl", "ar", "zh-hans", "uk")
"""Seven beside English. Only their labels are translated, where they are: what it costs is to draw them."""


def main() -> None:
    """Measure."""
    target, figures = started_with()
    # In processes of their own: what it takes to make the tables is not what it takes to make files.
    for command in ("migrate", "load_curriculum"):
        subprocess.run([sys.executable, "manage.py", command, "--verbosity", "0"], check=True)
    course = Course.objects.get(code="hospitality")
    edition = newest_edition(course)
    english = EditionText.objects.get(edition=edition, language="en")

    def text(language: str, revision: int, title: str) -> None:
        said = {**english.snapshot, "language": language, "revision": revision}
        said["lessons"] = [*said["lessons"][:-1], {**said["lessons"][-1], "title": title}]
        EditionText.objects.create(
            edition=edition,
            language=language,
            revision=revision,
            digest=digest(said),
            snapshot=said,
            frozen_at=clock.now(),
        )

    for language in LANGUAGES:
        text(language, 8, "After")
    started = time.perf_counter()
    for language in ("en", *LANGUAGES):
        make_renditions(edition=edition, language=language, at=clock.now())
    figures.add("all files of a 6-lesson course, 8 languages", time.perf_counter() - started, "s", bar=180)
    figures.add("files made", Rendition.objects.count(), "files")
    text("en", 9, "Afterwards")
    before = set(Rendition.objects.values_list("file", flat=True))
    started = time.perf_counter()
    make_renditions(edition=edition, language="en", at=clock.now())
    figures.add("files anew after one word", time.perf_counter() - started, "s", bar=10)
    figures.add("files that it remade", Rendition.objects.exclude(file__in=before).count(), "files", bar=6)
    figures.add("memory at its highest", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, "MB", bar=400)
    figures.write(target)


main()
