"""The matrix: every text and how fresh it is in every language, counted by the database in two queries."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias

from django.conf import settings
from django.db.models import Count, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from translations.freshness import Freshness, Provenance, State, summed
from translations.models import Segment, Text, Translation
from translations.registry import other_kinds

if TYPE_CHECKING:
    from people.models import User


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

    "" for ``sector``, ``kind`` and ``group`` means all. ``freshness.segment_state`` is the rule; ``_counted`` is
    the same rule over what SQL counts, and a test holds the two together.
    """
    wanted = {name: value for name, value in (("sector", sector), ("kind", kind), ("group", group)) if value}
    each = Segment.objects.filter(text=OuterRef("pk")).order_by().values("text").annotate(count=Count("pk"))
    segments = Coalesce(Subquery(each.values("count")), 0)
    texts = Text.objects.filter(**wanted).annotate(count=segments).order_by("group", "code")
    known = Translation.objects.filter(**{f"segment__text__{name}": value for name, value in wanted.items()})
    if set(languages) != set(target_languages()):
        # Comparing each row with every language costs more than the rows of languages that nobody asked for.
        known = known.filter(language__in=languages)
    is_fresh = Q(source_digest=F("segment__digest"))
    # Grouped by columns alone: over an expression PostgreSQL expects as many groups as rows, and sorts them all on disk.
    counts = (
        known.exclude(text="")
        .order_by()
        .values_list("segment__text_id", "language", "provenance")
        .annotate(
            count=Count("pk"),
            stale=Count("pk", filter=~is_fresh),
            late=Count("pk", filter=Q(review_by__lt=on) & is_fresh),
        )
    )
    found: dict[tuple[int, str], list[_Counted]] = defaultdict(list)
    for text_id, language, provenance, count, stale, late in counts:
        found[text_id, language].append((provenance, count, stale, late))
    return Matrix(
        tuple(languages),
        tuple(
            MatrixRow(
                code,
                kind_of_text,
                title,
                released_with,
                of_sector,
                count,
                {language: _cell(count, *found.get((pk, language), ())) for language in languages},
            )
            for pk, code, kind_of_text, title, released_with, of_sector, count in texts.values_list(
                "pk", "code", "kind", "title", "group", "sector", "count"
            )
        ),
    )


def full_matrix(
    *,
    languages: Sequence[str],
    on: date,
    reader: "User | None",
    sector: str = "",
    kind: str = "",
    group: str = "",
) -> Matrix:
    """Return ``matrix`` and, after it, the texts that other rooms register, as ``reader`` may see them.

    None for ``reader``: all of them, for the operator. Each kind of such texts costs its own queries.
    """
    own = matrix(languages=languages, on=on, sector=sector, kind=kind, group=group)
    others = [
        row
        for other in other_kinds()
        if kind in ("", other.code)
        for row in other.rows(languages=languages, on=on, reader=reader)
        if sector in ("", row.sector) and group in ("", row.group)
    ]
    return Matrix(own.languages, (*own.rows, *others))


_Counted: TypeAlias = tuple[str, int, int, int]
"""A provenance, and of its segments with words how many there are, are stale, are fresh and past a review."""


@lru_cache(maxsize=8192)
def _cell(segments: int, *counted: _Counted) -> Freshness:
    # Thousands of cells, and most say the same as another one.
    states = _counted(counted)
    states[State.UNTRANSLATED] = segments - sum(count for _, count, _, _ in counted)
    return summed(states)


def _counted(counted: Iterable[_Counted]) -> Counter[State]:
    """Return ``freshness.segment_state`` of segments that have words, counted: only a signature's review can be late."""
    states: Counter[State] = Counter()
    for provenance, count, stale, late in counted:
        states[State.STALE] += stale
        if provenance == Provenance.MACHINE:
            states[State.DRAFT] += count - stale
        elif provenance == Provenance.PERSON:
            states[State.IN_REVIEW] += count - stale
        else:
            states[State.REVIEW_OVERDUE] += late
            states[State.CURRENT] += count - stale - late
    return states
