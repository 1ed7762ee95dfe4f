"""Writing what a certification asks for as lines, without a script and with nothing but the keyboard."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.datastructures import MultiValueDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from certificates.expressions import DEEPEST, LONGEST_TEXT
from certificates.outlines import Line, LineKind, OutlineError, OutlineProblem, expressions_of, lines_of

SPARE_LINES = 4
"""Empty lines that stand below those in use."""
MOST_LINES = 200

KINDS = (
    ("", "—"),
    (LineKind.ALL, pgettext_lazy("line of what a certification asks", "All of the lines inside it")),
    (LineKind.ANY, pgettext_lazy("line of what a certification asks", "Any one of the lines inside it")),
    (LineKind.AT_LEAST, pgettext_lazy("line of what a certification asks", "At least so many of the lines inside it")),
    (LineKind.COURSE, pgettext_lazy("line of what a certification asks", "Completing a course")),
    (LineKind.SESSION, pgettext_lazy("line of what a certification asks", "Being there at a session of a course")),
    (LineKind.ATTESTATION, pgettext_lazy("line of what a certification asks", "The workplace confirms something")),
    (
        LineKind.CERTIFICATION,
        pgettext_lazy("line of what a certification asks", "Whatever another certification asks"),
    ),
)

_PROBLEMS: dict[OutlineProblem, Promise] = {
    OutlineProblem.TOO_FAR_IN: _(
        "Line %(line)s stands too far in. It may stand one step further in than the line above, where that one says “inside it”."
    ),
    OutlineProblem.HOLDS_NOTHING: _("Line %(line)s holds nothing. Put lines one step further in below it."),
    OutlineProblem.NO_COUNT: _("Line %(line)s: say how many."),
    OutlineProblem.NO_CHOICE: _("Line %(line)s: choose which one."),
}
_NO_KIND = _("Line %(line)s: choose what it is, or empty it.")


class OutlineWidget(forms.Widget):
    """A list of lines, with a few empty ones at the end; ``which`` are the groups of codes to choose from."""

    template_name = "certificates/widgets/outline.html"

    class Media:
        css = {"all": ["certificates/outline.css"]}

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs)
        self.which: list[tuple[Any, list[tuple[str, str]]]] = []

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Return the lines as the template shows them."""
        context: dict[str, Any] = super().get_context(name, value, attrs)
        rows = value if isinstance(value, list) else []
        shown = rows + [{"level": rows[-1]["level"] if rows else 1} for _ in range(SPARE_LINES)]
        context["widget"] |= {
            "rows": shown[: max(MOST_LINES, len(rows))],
            "levels": list(range(1, DEEPEST + 2)),
            "kinds": KINDS,
            "which": self.which,
            "longest": LONGEST_TEXT,
        }
        return context

    def format_value(self, value: Any) -> Any:
        """Leave the lines as they are: the template shows them one by one."""
        return value

    def value_from_datadict(self, data: Mapping[str, Any], files: MultiValueDict[str, Any], name: str) -> Any:
        """Return the lines that something was written in, with the number under which each is shown again."""
        rows: list[dict[str, str]] = []
        for index in range(MOST_LINES):
            prefix = f"{name}-{index}-"
            if f"{prefix}kind" not in data:
                break
            row = {
                key: str(data.get(prefix + key, "")).strip() for key in ("level", "kind", "n", "which", "code", "text")
            }
            if any(row[key] for key in ("kind", "which", "code", "text")):
                # Its place on the page that shows what is wrong, where the empty lines between are gone.
                rows.append(row | {"line": str(len(rows) + 1)})
        return rows

    def value_omitted_from_data(self, data: Mapping[str, Any], files: MultiValueDict[str, Any], name: str) -> bool:
        """Return whether the form was sent without any line of this field."""
        return f"{name}-0-kind" not in data


class OutlineField(forms.Field):
    """Expressions of the form in ``certificates.expressions``, each of a line that nothing holds; a list of them."""

    widget = OutlineWidget

    def prepare_value(self, value: Any) -> Any:
        """Return the lines of a list of expressions; what was sent is lines already."""
        if value and "kind" in value[0]:
            return value
        return [_shown(line) for line in lines_of(value or [])]

    def to_python(self, value: Any) -> list[dict[str, Any]]:
        """Return what the lines say.

        Raises:
            ValidationError: a line cannot be; it is named by its number.
        """
        rows = value or []
        lines = [_line(row) for row in rows]
        try:
            return expressions_of(lines)
        except OutlineError as error:
            line = rows[error.index]["line"]
            raise ValidationError(str(_PROBLEMS[error.problem]), params={"line": line}) from error

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Return whether the lines say something else than ``initial``, a list of expressions."""
        try:
            return bool(self.to_python(data) != (initial or []))
        except ValidationError:
            return True


def _shown(line: Line) -> dict[str, Any]:
    return asdict(line) | {"kind": str(line.kind), "n": line.n or ""}


def _line(row: Mapping[str, str]) -> Line:
    """Return a line as it was sent.

    Raises:
        ValidationError: it is of no kind.
    """
    if row["kind"] not in set(LineKind):
        raise ValidationError(str(_NO_KIND), params={"line": row["line"]})
    level = row["level"]
    return Line(
        level=int(level) if level.isdecimal() and 1 <= int(level) <= DEEPEST + 1 else 1,
        kind=LineKind(row["kind"]),
        n=int(row["n"]) if row["n"].isdecimal() and len(row["n"]) < 5 else None,
        which=row["which"],
        code=row["code"],
        text=row["text"],
    )


def as_one(expressions: list[dict[str, Any]]) -> dict[str, Any] | None:
    """Return what all of ``expressions`` ask together; None of none."""
    if len(expressions) > 1:
        return {"all": expressions}
    return expressions[0] if expressions else None


def choices_of(
    courses: Iterable[str], certifications: Iterable[tuple[str, str]]
) -> list[tuple[Any, list[tuple[str, str]]]]:
    """Return the groups of codes that a line may name: courses, and certifications with their titles."""
    return [
        (_("Courses"), [(code, code) for code in courses]),
        (_("Certifications"), [(code, f"{title} ({code})") for code, title in certifications]),
    ]
