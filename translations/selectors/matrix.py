"""The matrix: every text and how fresh it is in every language, counted by the database in two queries."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final

from django.conf import settings
from django.db.models import Case, Count, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce

from translations.freshness import Freshness, Provenance, State, summed
from translations.models import Segment, Text, Translation


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

    "" for ``sector``, ``kind`` and ``group`` means all. ``freshness.segment_state`` is the rule; ``_state`` is
    the same rule in SQL, and a test holds the two together.
    """
    wanted = {name: value for name, value in (("sector", sector), ("kind", kind), ("group", group)) if value}
    each = Segment.objects.filter(text=OuterRef("pk")).order_by().values("text").annotate(count=Count("pk"))
    segments = Coalesce(Subquery(each.values("count")), 0)
    texts = Text.objects.filter(**wanted).annotate(count=segments).order_by("group", "code")
    known = Translation.objects.filter(**{f"segment__text__{name}": value for name, value in wanted.items()})
    if set(languages) != set(target_languages()):
        # Comparing each row with every language costs more than the rows of languages that nobody asked for.
        known = known.filter(language__in=languages)
    counts = (
        known.exclude(text="")
        .order_by()
        .annotate(state=_state(on))
        .values_list("segment__text_id", "language", "state")
        .annotate(count=Count("pk"))
    )
    cells: dict[tuple[int, str], dict[State, int]] = defaultdict(dict)
    for text_id, language, state, count in counts:
        cells[text_id, language][State(state)] = count
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
                {language: _cell(count, cells.get((pk, language))) for language in languages},
            )
            for pk, code, kind_of_text, title, released_with, of_sector, count in texts.values_list(
                "pk", "code", "kind", "title", "group", "sector", "count"
            )
        ),
    )


def _state(on: date) -> Case:
    """Return ``freshness.segment_state`` of a segment that has words, in SQL."""
    return Case(
        When(~Q(source_digest=F("segment__digest")), then=Value(State.STALE.value)),
        When(provenance=Provenance.MACHINE, then=Value(State.DRAFT.value)),
        When(provenance=Provenance.PERSON, then=Value(State.IN_REVIEW.value)),
        When(review_by__lt=on, then=Value(State.REVIEW_OVERDUE.value)),
        default=Value(State.CURRENT.value),
    )


def _cell(segments: int, counted: Mapping[State, int] | None) -> Freshness:
    counted = counted or {}
    missing = segments - sum(counted.values())
    return _summed(missing, *(counted.get(state, 0) for state in _KNOWN_STATES))


_KNOWN_STATES: Final = tuple(state for state in State if state is not State.UNTRANSLATED)


@lru_cache(maxsize=8192)
def _summed(missing: int, *counts: int) -> Freshness:
    # Thousands of cells, and most say the same as another one.
    return summed({State.UNTRANSLATED: missing, **dict(zip(_KNOWN_STATES, counts, strict=True))})
