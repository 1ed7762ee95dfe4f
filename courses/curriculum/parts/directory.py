"""Sectors, audiences, sources and help lines: small rows, each known by its code."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any, ClassVar

from django.db import models

from cms.models import Audience, Sector, Source, SupportService
from courses.curriculum import schema
from courses.curriculum.markdown import render_markdown
from courses.curriculum.registry import Form, Part
from courses.models import Claim
from courses.snapshot import plain_text


class RowPart(Part):
    """Rows of one model whose fields are the form."""

    model: ClassVar[type[models.Model]]
    fields: ClassVar[tuple[str, ...]]

    def stored(self, codes: Collection[str]) -> dict[str, Form]:
        """Return the rows with these codes."""
        rows = self.model._default_manager.filter(code__in=codes)
        return {row.code: self.form(row) for row in rows}  # type: ignore[attr-defined]  # every such model has a code

    def form(self, row: Any) -> Form:
        """Return a row's form."""
        return {name: _plain(getattr(row, name)) for name in self.fields}

    def write(self, code: str, form: Form, at: datetime) -> None:
        """Make or change the row; what its model refuses is refused here."""
        row: Any = self.model._default_manager.filter(code=code).first() or self.model(code=code)  # type: ignore[misc]
        for name in self.fields:
            setattr(row, name, form[name])
        self.relate(row, form)
        row.clean_fields(exclude=[each.name for each in self.model._meta.fields if each.is_relation])
        row.save()

    def relate(self, row: Any, form: Form) -> None:
        """Turn codes into rows."""


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _row_forms(shipped: Sequence[Any], names: Sequence[str]) -> dict[str, Form]:
    return {each.code: {name: _plain(getattr(each, name)) for name in names} for each in shipped}


class SectorPart(RowPart):
    """Sectors, in the order of their file."""

    name = "sector"
    model = Sector
    fields = ("slug", "title", "summary", "position")

    def shipped(self, curriculum: schema.Curriculum) -> dict[str, Form]:
        """Return the sectors."""
        forms = _row_forms(curriculum.sectors, ("slug", "title", "summary"))
        return {code: {**form, "position": position} for position, (code, form) in enumerate(forms.items(), start=1)}

    def of_course(self, course: str) -> Collection[str]:
        """Return the sector of the course."""
        return list(Sector.objects.filter(courses__code=course).values_list("code", flat=True))


class AudiencePart(RowPart):
    """Audiences."""

    name = "audience"
    model = Audience
    fields = ("title",)

    def shipped(self, curriculum: schema.Curriculum) -> dict[str, Form]:
        """Return the audiences."""
        return _row_forms(curriculum.audiences, self.fields)

    def of_course(self, course: str) -> Collection[str]:
        """Return the audiences of the course."""
        return sorted(Audience.objects.filter(courses__code=course).values_list("code", flat=True))


class SourcePart(RowPart):
    """Sources, the shared ones and those of courses."""

    name = "source"
    model = Source
    fields = ("title", "publisher", "published", "url", "caveat", "verified_on", "review_by")

    def shipped(self, curriculum: schema.Curriculum) -> dict[str, Form]:
        """Return the sources."""
        return _row_forms(curriculum.all_sources(), self.fields)


class ServicePart(RowPart):
    """Help lines. A line that was withdrawn here stays withdrawn, whatever is shipped."""

    name = "service"
    model = SupportService
    fields = (
        "name",
        "kind",
        "phone",
        "text",
        "hours",
        "languages",
        "coverage",
        "audiences",
        "is_police",
        "is_government",
        "what_happens",
        "verified_on",
        "review_by",
        "position",
    )

    def shipped(self, curriculum: schema.Curriculum) -> dict[str, Form]:
        """Return the help lines; what happens is plain text."""
        forms = _row_forms(curriculum.services, self.fields)
        for service in curriculum.services:
            forms[service.code] |= {
                "audiences": list(service.audiences),
                "what_happens": plain_text(render_markdown(service.what_happens)),
                "source": service.source,
            }
        return forms

    def form(self, row: Any) -> Form:
        """Return a line's form, its source by code."""
        return {**super().form(row), "source": row.source.code if row.source else ""}

    def relate(self, row: Any, form: Form) -> None:
        """Find the source."""
        row.source = Source.objects.get(code=form["source"]) if form["source"] else None


class ClaimPart(RowPart):
    """Facts that texts rely on. What was said of one here (contradicted, withdrawn) stays, whatever is shipped."""

    name = "claim"
    model = Claim
    fields = ("kind", "value", "period", "place", "caveat", "verified_on", "review_by")

    def shipped(self, curriculum: schema.Curriculum) -> dict[str, Form]:
        """Return the claims."""
        forms = _row_forms(curriculum.claims, self.fields)
        for claim in curriculum.claims:
            forms[claim.code] |= {"source": claim.source}
        return forms

    def form(self, row: Any) -> Form:
        """Return a claim's form, its source by code."""
        return {**super().form(row), "source": row.source.code}

    def relate(self, row: Any, form: Form) -> None:
        """Find the source."""
        row.source = Source.objects.get(code=form["source"])
