"""The matrix of languages over the shipped content, with every segment translated, and where its claims are used."""

import django

django.setup()

from pathlib import Path  # noqa: E402  # after setup

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from cms import clock  # noqa: E402
from courses.models import Claim  # noqa: E402
from courses.selectors import uses_of  # noqa: E402
from tests.bench.figures import started_with  # noqa: E402
from translations.freshness import Provenance  # noqa: E402
from translations.models import Segment, Translation  # noqa: E402
from translations.selectors import full_matrix, target_languages  # noqa: E402
from translations.services import record_catalogues  # noqa: E402


def main() -> None:
    """Fill the matrix, then read it."""
    target, figures = started_with()
    call_command("migrate", verbosity=0)
    call_command("load_curriculum", verbosity=0)
    at = clock.now()
    record_catalogues(root=Path(settings.LOCALE_PATHS[0]), at=at)
    segments = list(Segment.objects.only("pk", "source", "digest"))
    for language in target_languages():
        rows = [
            Translation(
                segment=segment,
                language=language,
                text=segment.source,
                source_digest=segment.digest,
                provenance=Provenance.MACHINE,
                changed_at=at,
            )
            for segment in segments
        ]
        Translation.objects.bulk_create(rows, batch_size=500, ignore_conflicts=True)
    figures.add("segments in the matrix of languages", len(segments) * len(target_languages()), "rows")

    def read() -> None:
        full_matrix(languages=target_languages(), on=at.date(), reader=None)

    with CaptureQueriesContext(connection) as queries:
        read()
    figures.add("matrix of languages, queries", len(queries), "queries", 15)
    figures.time("matrix of languages", read, runs=20, bar_ms=300 if connection.vendor == "postgresql" else None)

    most = 0
    for claim in Claim.objects.select_related("source"):
        with CaptureQueriesContext(connection) as queries:
            uses_of(claim)
        most = max(most, len(queries))
    figures.add("where a claim is used, queries at most", most, "queries", 5)
    figures.write(target)


if __name__ == "__main__":
    main()
