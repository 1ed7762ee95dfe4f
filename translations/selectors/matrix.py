"""The matrix: every text and how fresh it is in every language, counted by the database in two queries."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.db.models import Count, F, Q

from translations.freshness import Freshness, Provenance, State, summed
from translations.models import Text, Translation


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """One text: what it is, and by language how fresh it is there."""

    code: str
    kind: str
    title: str
    group: str
    sector: str
    segments: int
    cells: Mapping[str, Freshness]


@dataclass(frozen=True, slots=True)
class Matrix:
    """Texts in the order of their groups and codes, in ``languages``, as they are on a day."""

    languages: tuple[str, ...]
    rows: tuple[MatrixRow, ...]

    @property
    def is_current(self) -> bool:
        """Whether nothing asks for work."""
        return all(cell.state is State.CURRENT for row in self.rows for cell in row.cells.values())

    def groups(self) -> list[MatrixRow]:
        """Return a row for each group, as if it were one text; its title is that of its first text."""
        by_group: dict[str, list[MatrixRow]] = {}
        for row in self.rows:
            by_group.setdefault(row.group, []).append(row)
        return [self._as_one(group, rows) for group, rows in by_group.items()]

    def totals(self) -> dict[str, Counter[str]]:
        """Return by language how many texts are in each state."""
        return {language: Counter(row.cells[language].state.value for row in self.rows) for language in self.languages}

    def _as_one(self, group: str, rows: Sequence[MatrixRow]) -> MatrixRow:
        first = next((row for row in rows if row.code == group), rows[0])
        cells = {language: together(row.cells[language] for row in rows) for language in self.languages}
        sector = first.sector if len({row.sector for row in rows}) == 1 else ""
        return MatrixRow(group, first.kind, first.title, group, sector, sum(row.segments for row in rows), cells)


def together(parts: Iterable[Freshness]) -> Freshness:
    """Return how fresh several texts are as one."""
    counted: Counter[State] = Counter()
    for each in parts:
        counted += _counts(each)
    return summed(counted)


def _counts(each: Freshness) -> Counter[State]:
    asking = {
        State.UNTRANSLATED: each.untranslated,
        State.STALE: each.stale,
        State.DRAFT: each.draft,
        State.IN_REVIEW: each.in_review,
        State.REVIEW_OVERDUE: each.review_overdue,
    }
    return Counter({**asking, State.CURRENT: each.segments - sum(asking.values())})


def target_languages() -> list[str]:
    """Return the languages that the platform is made for, without the one that texts are written in."""
    return [code for code, _ in settings.KNOWN_LANGUAGES if code != settings.LANGUAGE_CODE]


def sectors() -> list[str]:
    """Return the codes of the sectors that have texts."""
    return list(Text.objects.exclude(sector="").order_by("sector").values_list("sector", flat=True).distinct())


def matrix(
    *,
    languages: Sequence[str],
    on: date,
    sector: str = "",
    kind: str = "",
    group: str = "",
) -> Matrix:
    """Return how fresh every text is in ``languages`` on the day ``on``; two queries, however many texts.

    "" for ``sector``, ``kind`` and ``group`` means all. ``freshness.segment_state`` is the rule; the counts here are
    the same rule in SQL, and a test holds the two together.
    """
    wanted = {name: value for name, value in (("sector", sector), ("kind", kind), ("group", group)) if value}
    texts = Text.objects.filter(**wanted).annotate(count=Count("segments")).order_by("group", "code")
    known = Translation.objects.filter(
        language__in=languages, **{f"segment__text__{name}": value for name, value in wanted.items()}
    ).exclude(text="")
    fresh = Q(source_digest=F("segment__digest"))
    lapsed = Q(review_by__lt=on)
    counts = (
        known.order_by()
        .values("segment__text_id", "language")
        .annotate(
            known=Count("pk"),
            stale=Count("pk", filter=~fresh),
            draft=Count("pk", filter=fresh & Q(provenance=Provenance.MACHINE)),
            in_review=Count("pk", filter=fresh & Q(provenance=Provenance.PERSON)),
            overdue=Count("pk", filter=fresh & Q(provenance=Provenance.REVIEWED) & lapsed),
        )
    )
    cells = {(row["segment__text_id"], row["language"]): row for row in counts}
    return Matrix(
        tuple(languages),
        tuple(
            MatrixRow(
                text.code,
                text.kind,
                text.title,
                text.group,
                text.sector,
                text.count,
                {language: _cell(text.count, cells.get((text.pk, language))) for language in languages},
            )
            for text in texts
        ),
    )


def _cell(segments: int, row: Mapping[str, Any] | None) -> Freshness:
    if row is None:
        return summed({State.UNTRANSLATED: segments})
    asking = {
        State.STALE: row["stale"],
        State.DRAFT: row["draft"],
        State.IN_REVIEW: row["in_review"],
        State.REVIEW_OVERDUE: row["overdue"],
    }
    return summed(
        {
            **asking,
            State.UNTRANSLATED: segments - row["known"],
            State.CURRENT: row["known"] - sum(asking.values()),
        }
    )
