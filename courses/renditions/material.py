"""What the renditions of a text are made of: its outline as readers may see it, with help lines as they are today."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, cached_property
from io import BytesIO
from pathlib import Path
from typing import Final

import segno
from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format

from assessments.frozen import canonical_json
from cms import clock
from cms.help_words import said
from cms.languages import direction, language_name
from cms.models import SupportService
from cms.selectors import HelpDirectory, HelpLine, help_directory
from cms.typesetting import cjk_fonts, region
from courses import selectors
from courses.claims import ClaimNow, with_claims
from courses.consents import Form
from courses.models import Course, EditionText
from courses.owners import Owner, with_owners
from courses.renditions.outline import Words, outline
from courses.renditions.speech import Voice, voice_for
from courses.renditions.words import guide_sections, words
from courses.snapshot import Json
from courses.withdrawn import Notice, without_withdrawn

_MONTH_FIRST: Final = ("zh", "ja", "ko")
_LINES_ON_A_POSTER: Final = 6
# What of a help line stands on paper.
_PRINTED: Final = ("name", "phone", "text", "website", "hours", "languages", "what_happens", "verified_on")


@dataclass(frozen=True)
class Material:
    """A text that is released, as it may be shown today. ``text`` must come with edition and course."""

    text: EditionText
    snapshot: Json
    directory: HelpDirectory
    notices: tuple[Notice, ...] = ()
    claims: tuple[ClaimNow, ...] = ()
    owners: tuple[Owner, ...] = ()

    @property
    def course(self) -> Course:
        """Return whose text it is."""
        return self.text.edition.course

    @property
    def language(self) -> str:
        """Return the language of the text."""
        return self.text.language

    @property
    def direction(self) -> str:
        """Return the direction of its script."""
        return direction(self.language)

    @property
    def about(self) -> Json:
        """Return what the text says about the course."""
        about: Json = self.snapshot["course"]
        return about

    @cached_property
    def words(self) -> Words:
        """Return the fixed words in the language of the text."""
        return words(self.language)

    @cached_property
    def voice(self) -> Voice | None:
        """Return the voice of the machine, once somebody who speaks the language has accepted it; else None."""
        voice = voice_for(self.language)
        return voice if voice and selectors.accepted_voice(self.language) == voice.identity else None

    @property
    def is_read_aloud(self) -> bool:
        """Whether the machine reads it: somebody accepted its voice, and every true story in it may be heard."""
        return self.voice is not None and self.may_be(Form.LISTEN)

    @property
    def draft(self) -> str:
        """Return the sentence that marks a translation which nobody has reviewed; empty for what is reviewed."""
        return self.words["draft"] if self.snapshot.get("draft") else ""

    @cached_property
    def lessons(self) -> list[Json]:
        """Return the outlines of the lessons, in their order."""
        return outline(self.snapshot, lines=self.lines, words=self.words, about_claim=self.about_claim, day=self.day)

    def may_be(self, form: str) -> bool:
        """Whether every true story in the course may be told in a form (``courses.consents.Form``)."""
        gone = {notice.part for notice in self.notices}
        return all(it.forms is None or form in it.forms or it.part in gone for it in self.owners)

    def about_claim(self, claim: ClaimNow) -> str:
        """Return what stands beside a passage about a claim on which it relies."""
        about = {"date": self.day(claim.verified_on), "why": claim.why}
        return self.words[f"claim_{claim.standing}"] % about

    def lines(self, codes: Sequence[str]) -> list[Json]:
        """Return the help lines of ``codes`` as ``service`` nodes; the ones that always hold where none is left."""
        found = self.directory.with_codes(codes) or self.directory.fallback()
        if found:
            return [self._line(line) for line in found]
        return [{"kind": "service", "name": self.words["emergency"], "phone": "911", "lines": []}]

    @cached_property
    def named_lines(self) -> list[HelpLine]:
        """Return every help line that the course names and that is offered, in the order in which it does."""
        codes: dict[str, None] = {}
        for lesson in self.snapshot["lessons"]:
            for block in lesson["body"]:
                named = {"help_now": block["value"], "two_ways": block["value"].get("boss")}.get(block["type"]) or {}
                codes.update(dict.fromkeys(named.get("services") or ()))
        return self.directory.with_codes(codes) or self.directory.fallback()

    @property
    def short_lines(self) -> list[Json]:
        """Return the first of ``named_lines`` with name, number and hours: for a poster or a card."""
        lines = []
        for line in self.named_lines[:_LINES_ON_A_POSTER]:
            service = line.service
            hours, text = self._said(service.hours), self._said(service.text)
            short = hours if service.phone else " · ".join(filter(None, (text, service.website)))
            lines.append(
                {
                    "kind": "service",
                    "name": service.name,
                    "phone": service.phone,
                    "lines": [part for part in (short, self._doubt(line)) if part],
                    "short": short,
                }
            )
        return lines or [{**line, "short": ""} for line in self.lines(())]

    def _line(self, line: HelpLine) -> Json:
        service: SupportService = line.service
        spoken = f"{self.words['languages']} {self._said(service.languages)}" if service.languages else ""
        hours, what_happens = self._said(service.hours), self._said(service.what_happens)
        about = (self._said(service.text), service.website, self._doubt(line), hours, what_happens, spoken)
        return {
            "kind": "service",
            "name": service.name,
            "phone": service.phone,
            "lines": [part for part in about if part],
        }

    def _said(self, words: str) -> str:
        with translation.override(self.language):
            return said(words).words

    def _doubt(self, line: HelpLine) -> str:
        return self.words["check_first"] % {"date": self.day(line.service.verified_on)} if line.stale else ""

    def day(self, value: date) -> str:
        """Return a date in full in the language of the text."""
        with translation.override(self.language):
            own_order = self.language.split("-")[0] in _MONTH_FIRST
            return date_format(value, "DATE_FORMAT" if own_order else "j F Y")

    @property
    def confirmed(self) -> str:
        """Return since when the help lines are known to hold: the day of the one that was confirmed longest ago."""
        if not self.named_lines:
            return ""
        oldest = min(line.service.verified_on for line in self.named_lines)
        return self.words["confirmed"] % {"day": self.day(oldest)}

    @property
    def edition(self) -> str:
        """Return edition and language as a line."""
        # Without the revision: a typo that is mended in one lesson must not touch what is made of the others.
        return f"{self.words['edition'] % {'number': self.text.edition.number}} · {language_name(self.language, 'name_local')}"

    @property
    def url(self) -> str:
        """Return the address of the course."""
        return settings.ORIGIN + reverse("courses:course", args=[self.course.slug])

    @property
    def released_at(self) -> datetime:
        """Return when the edition was released."""
        return self.text.edition.released_at

    def _claims(self) -> list[list[str]]:
        return sorted([it.code, it.standing, it.verified_on.isoformat(), it.why] for it in self.claims)

    @cached_property
    def fingerprint(self) -> str:
        """Return what everything made of this text depends on, as one SHA-256: equal as long as the files are true.

        Looking at it costs no outline.
        """
        lines = [
            [line.service.code, line.stale, *(str(getattr(line.service, name)) for name in _PRINTED)]
            for line in (*self.named_lines, *self.directory.fallback())
        ]
        notices = [[n.part.kind, n.part.target, n.reason, n.instead, n.on.isoformat(), n.title] for n in self.notices]
        said = [
            self.text.digest,
            lines,
            notices,
            *([self._claims()] if self.claims else []),
            *[[o.part.kind, o.part.target, o.name, o.licence, sorted(o.forms or ())] for o in self.owners],
            dict(self.words),
            guide_sections(self.language),
            self.url,
            makers_digest(),
            self.voice.identity if self.voice else "",
        ]
        return hashlib.sha256(canonical_json(said).encode()).hexdigest()

    @cached_property
    def sheet(self) -> Json:
        """Return what every printed sheet needs."""
        address = self.url.split("://", 1)[-1].rstrip("/")
        return {
            "title": self.about["title"],
            "course": self.about["title"],
            "lang": self.language.split("-")[0],
            "region": region(self.language),
            "dir": self.direction,
            "cjk_fonts": cjk_fonts(self.language),
            "paper": "letter",
            "running": self.about["title"],
            "footer": self.edition,
            "draft": self.draft,
            "address": address,
            "confirmed": self.confirmed,
            "qr": _qr(self.url),
            "qr_alt": self.words["qr"] % {"address": address},
            "words": dict(self.words),
        }


def material_of(text: EditionText, *, on: date | None = None) -> Material:
    """Return what readers of ``text`` may see ``on`` a day (today by default): withdrawn parts are notices."""
    notices = selectors.notices(text.edition.course, edition=text.edition.number, language=text.language)
    owners = selectors.owners(text.edition.course, text.snapshot)
    shown = with_owners(without_withdrawn(text.snapshot, notices), owners)
    claims = selectors.claims_now(shown, on=on or clock.today(settings.TIME_ZONE))
    return Material(text, with_claims(shown, claims), help_directory(on=on), notices, tuple(claims.values()), owners)


@cache
def makers_digest() -> str:
    """Return a digest of the code and templates that draw: a better drawing remakes what the old one drew."""
    here = Path(__file__).parent
    drawing = [*sorted((here.parent / "typst").glob("*.typ")), *sorted(here.glob("*.py"))]
    drawing += [here.parent / "opus.py", here.parent / "sound.py"]
    return hashlib.sha256(b"".join(path.read_bytes() for path in drawing)).hexdigest()


def _qr(url: str) -> str:
    drawing = BytesIO()
    segno.make(url, error="m", micro=False).save(drawing, kind="svg", scale=4, border=2, xmldecl=False)
    return drawing.getvalue().decode()
