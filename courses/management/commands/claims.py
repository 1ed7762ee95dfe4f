import json
import sys
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from cms import clock
from courses import selectors
from courses.claims import Standing
from courses.models import Claim

_REFUSED = 2


class Command(BaseCommand):
    help = (
        "List the facts that texts rely on, with where they are used. "
        "Exit status: 0 all hold, 1 some are stale, contradicted or withdrawn, 2 refused."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Take a claim, or a number of days."""
        parser.add_argument("claim", nargs="?", help="code of the claim; all claims when left out")
        parser.add_argument("--due", type=int, metavar="DAYS", help="only those to look at again within so many days")
        parser.add_argument("--json", action="store_true", help="print them as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the claims and end with the status that says whether one does not hold."""
        today, code = clock.today(settings.TIME_ZONE), options["claim"]
        claims = Claim.objects.select_related("source", "owner").order_by("review_by", "code")
        if code:
            claims = claims.filter(code=code)
            if not claims:
                raise CommandError(f"no claim {code}", returncode=_REFUSED)
        if options["due"] is not None:
            claims = claims.filter(review_by__lte=today + timedelta(days=options["due"]))
        rows = [_row(claim, claim.standing(today)) for claim in claims]
        if options["json"]:
            self.stdout.write(json.dumps({"on": today.isoformat(), "claims": rows}, ensure_ascii=False, indent=2))
        else:
            for row in rows:
                used = ", ".join(
                    f"{use['course']} {use['edition']} {use['language']}/{use['lesson']}" for use in row["used_in"]
                )
                self.stdout.write(f"{row['review_by']} {row['code']} ({row['standing']}): {used or 'not used'}")
            if not rows:
                self.stdout.write("There are no claims." if options["due"] is None else "No claim is due.")
        if any(row["standing"] != Standing.CURRENT for row in rows):
            sys.exit(1)


def _row(claim: Claim, standing: Standing) -> dict[str, Any]:
    uses = selectors.uses_of(claim)
    return {
        "code": claim.code,
        "kind": claim.kind,
        "value": claim.value,
        "period": claim.period,
        "place": claim.place,
        "source": claim.source.code,
        "caveat": claim.caveat,
        "verified_on": claim.verified_on.isoformat(),
        "review_by": claim.review_by.isoformat(),
        "standing": standing.value,
        "why": claim.why,
        "used_in": [
            {
                "course": use.text.edition.course.code,
                "edition": use.text.edition.number,
                "language": use.text.language,
                "lesson": use.lesson,
                "block": use.block,
            }
            for use in uses.texts
        ],
        "pages": [{"id": page.pk, "title": page.title, "language": page.locale.language_code} for page in uses.pages],
        "files": [
            {"course": each.edition.course.code, "edition": each.edition.number, "language": each.language}
            for each in uses.files
        ],
    }
