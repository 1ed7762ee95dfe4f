"""The pack: an archive whose every file is named, with its hash, in a signed list."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import IO, Final, TypeVar

from django.db.models import Model, Q, QuerySet
from django.utils.translation import pgettext

from certificates.documents import render_pdf
from certificates.models import Attestation, Certificate, PriorLearning
from certificates.validity import ONE_DAY, local_date, starts_at
from cms import signing
from cms.signed_archive import SignedArchive
from cms.typesetting import MissingGlyphs
from compliance.condition_words import again_in_words, condition_in_words, due_rule_in_words
from compliance.conditions import parse
from compliance.due_dates import parse_due_rule
from compliance.evidence.rows import EvidenceRow, evidence_rows, people_of
from compliance.evidence.sheet import TooManyRows, evidence_sheet, yes_or_no
from compliance.models import Adjustment, Requirement
from compliance.recurrence import parse_recurs
from compliance.selectors import names_in, sites_from
from compliance.visibility import STATUS_LABELS
from courses.models import Attendance, EditionText
from courses.snapshot import lesson_text
from courses.withholding import with_markers
from people.models import AuditEntry, Employment, Membership, Organisation, Site
from people.workbooks.cells import protect

_Fact = TypeVar("_Fact", bound=Model)
SCRIPT: Final = Path(__file__).with_name("checking.py")
# The verbs of staff that bear on who had to learn what, and on what it was worth.
_LOGGED: Final = (
    "requirement.",
    "adjustment.",
    "employment.",
    "licence.",
    "prior_learning.",
    "certificate_",
    "approval.",
    "condition.",
    "rule_pack.",
    "attestation.",
    "counting.",
)
_PAST: Final = "past-completions.csv"


def write_pack(
    stream: IO[bytes],
    *,
    organisation: Organisation,
    site: Site | None,
    on: date,
    made_on: date,
    progress: Callable[[int], None],
) -> None:
    """Write the pack into ``stream``; ``progress`` hears after each row how many have been written.

    In it: people, certificates, the released text in every language, requirements and adjustments, what staff did
    (dates, no clock times), the list of all that with its signature, and the script that checks it.
    """
    pack = SignedArchive(stream)
    digests: set[str] = set()
    pack.add("people.csv", _people(pack, organisation, site, on, digests, progress))
    try:
        rows = evidence_rows(organisation=organisation, site=site, on=on)
        sheet = evidence_sheet(rows, organisation=organisation, site=site, on=on, made_on=made_on)
        pack.add("training-record.pdf", sheet)
    except TooManyRows:
        pass  # people.csv says the same, at any length
    for name, content in _texts(digests):
        pack.add(name, content)
    pack.add("requirements.csv", _table(_requirements(organisation, site)))
    pack.add("employments.csv", _table(_employments(organisation, site, on)))
    pack.add("adjustments.csv", _table(_adjustments(organisation, site, on)))
    pack.add(_PAST, _table(_past_completions(organisation, site, on)))
    pack.add("in-person.csv", _table(_in_person(organisation, site, on)))
    pack.add("log.csv", _table(_log(organisation, site, on)))
    pack.add("verify.py", SCRIPT.read_bytes())
    pack.add("READ-ME.txt", _read_me(organisation, site, on).encode())
    pack.close(
        {
            "format": 1,
            "organisation": {"code": organisation.code, "name": organisation.name},
            "site": {"code": site.code, "name": site.name} if site else None,
            "as_of": on.isoformat(),
            "made_on": made_on.isoformat(),
            "key_fingerprint": signing.fingerprint(),
        }
    )


def _people(
    pack: SignedArchive,
    organisation: Organisation,
    site: Site | None,
    on: date,
    digests: set[str],
    progress: Callable[[int], None],
) -> bytes:
    """Return the table of people, adding on the way each certificate once, and to ``digests`` the texts learnt from."""
    lines: list[Sequence[str]] = [PEOPLE_COLUMNS]
    for count, row in enumerate(evidence_rows(organisation=organisation, site=site, on=on), start=1):
        lines.append(_person(row))
        if row.certificate is not None:
            digests.add(row.certificate.edition_digest)
            name = f"certificates/{row.number}.pdf"
            try:
                pack.add(name, render_pdf(row.certificate, copy="workplace"))
            except MissingGlyphs as error:
                # The rest of the proof must not wait for a font.
                letters = f"No font here has these letters: {error.characters}\n"
                pack.add(f"certificates/{row.number}.txt", letters.encode())
        progress(count)
    return _table(lines)


PEOPLE_COLUMNS: Final = (
    "employee_number",
    "name",
    "site",
    "role",
    "first_day",
    "training",
    "edition",
    "status",
    "completed_on",
    "minimum_minutes_met",
    "signed_acknowledgement",
    "approval",
    "last_good_day",
    "valid_through",
    "certificate_number",
    "learnt_elsewhere",
)


def _person(row: EvidenceRow) -> Sequence[str]:
    return (
        row.employee_number,
        row.name,
        row.site,
        row.role,
        row.starts_on.isoformat(),
        row.course,
        row.edition,
        str(STATUS_LABELS[row.status]),
        _iso(row.completed_on),
        yes_or_no(row.minutes_met) if row.certificate else "",
        yes_or_no(row.acknowledged) if row.certificate else "",
        row.approval,
        _iso(row.last_good_on or row.due_on),
        _iso(row.valid_through),
        row.number,
        row.elsewhere,
    )


def _texts(digests: set[str]) -> Iterator[tuple[str, bytes]]:
    """Yield the released text of the editions that were learnt from, in every language: which one a person read stays hers.

    Questions stay out, since the file would give their answers away; the digest of the whole is in the name's list.
    What was withdrawn since stays out too: a marker stands in its place, and the digest is still that of the whole.
    """
    editions = EditionText.objects.filter(digest__in=digests).values_list("edition", flat=True)
    texts = EditionText.objects.filter(edition__in=set(editions)).select_related("edition__course")
    digests_listed: list[Sequence[str]] = [("training", "edition", "language", "revision", "released_on", "sha256")]
    for text in texts.order_by("edition__course__code", "edition__number", "language", "revision").iterator(
        chunk_size=8
    ):
        course, edition = text.edition.course.code, text.edition.number
        snapshot = with_markers(text)
        lines = [snapshot["course"]["title"], ""]
        for lesson in snapshot["lessons"]:
            lines += [lesson_text(lesson, {}), ""]
        name = f"texts/{course}-edition-{edition}-{text.language}-{text.revision}.txt"
        yield name, "\n".join(lines).encode()
        released_on = text.edition.released_at.date().isoformat()
        digests_listed.append((course, str(edition), text.language, str(text.revision), released_on, text.digest))
    yield "texts.csv", _table(digests_listed)


def _requirements(organisation: Organisation, site: Site | None) -> Iterator[Sequence[str]]:
    """Yield what was asked of whom, corrections and withdrawals too, in the order recorded."""
    yield (
        "reference",
        "training",
        "person",
        "site",
        "role",
        "from",
        "last_good_day",
        "withdrawn_on",
        "recorded_on",
        "rule",
        "rule_title",
        "of_whom",
        "by_when",
        "again",
    )
    names = names_in(organisation=organisation)
    facts = Requirement.objects.filter(organisation=organisation)
    if site is not None:
        within = sites_from(site)
        here = Employment.objects.filter(site__in=within).values("membership")
        facts = facts.filter(
            Q(membership__in=here) | Q(site__in=within) | Q(site__isnull=True, membership__isnull=True)
        )
    for it in (
        facts.select_related("certification", "membership", "site", "role").order_by("recorded_at", "pk").iterator()
    ):
        yield (
            str(it.reference),
            it.certification.title,
            it.membership.employee_number if it.membership else "",
            it.site.name if it.site else "",
            it.role.name if it.role else "",
            it.starts_on.isoformat(),
            _iso(it.due_on),
            _iso(it.ends_on),
            _day(it.recorded_at, organisation),
            it.source,
            it.label,
            condition_in_words(parse(it.conditions), names) if it.conditions is not None else "",
            due_rule_in_words(parse_due_rule(it.due_rule)) if it.due_rule is not None else "",
            again_in_words(parse_recurs(it.recurs)) if it.recurs else "",
        )


def _employments(organisation: Organisation, site: Site | None, on: date) -> Iterator[Sequence[str]]:
    """Yield who worked where up to the day, corrections too, in the order recorded."""
    yield ("reference", "employee_number", "site", "role", "first_day", "last_day", "recorded_on", "superseded")
    facts = Employment.objects.filter(membership__organisation=organisation, starts_on__lte=on)
    if site is not None:
        facts = facts.filter(site__in=sites_from(site))
    related = facts.select_related("membership", "site", "role", "superseded_by").order_by("recorded_at", "pk")
    for it in related.iterator():
        yield (
            str(it.reference),
            it.membership.employee_number,
            it.site.name,
            it.role.name if it.role else "",
            it.starts_on.isoformat(),
            _iso(it.ends_on),
            _day(it.recorded_at, organisation),
            "yes" if hasattr(it, "superseded_by") else "no",
        )


def _in_person(organisation: Organisation, site: Site | None, on: date) -> Iterator[Sequence[str]]:
    """Yield who was at a session and what was confirmed of whom, up to the day: dates, and no clock times."""
    yield ("employee_number", "what", "code", "text", "day", "recorded_on", "holds")
    attended = Attendance.objects.filter(session__organisation=organisation, counted__in=Attendance.WAS_THERE)
    given = Attestation.objects.filter(membership__organisation=organisation, given_on__lte=on, taken_back=False)
    sessions = _of_people_at(site, attended, on).select_related("session__edition__course", "membership")
    for there in sessions.order_by("pk").iterator():
        if there.session.held_on <= on:
            number, day = there.membership.employee_number, there.session.held_on.isoformat()
            recorded_on = _day(there.recorded_at, organisation)
            yield (number, "session", there.session.edition.course.code, there.session.code, day, recorded_on, "yes")
    confirmed = _of_people_at(site, given, on).select_related("membership", "superseded_by")
    for it in confirmed.order_by("recorded_at", "pk").iterator():
        yield (
            it.membership.employee_number,
            "confirmed",
            it.code,
            it.text,
            it.given_on.isoformat(),
            _day(it.recorded_at, organisation),
            "no" if hasattr(it, "superseded_by") else "yes",
        )


def _adjustments(organisation: Organisation, site: Site | None, on: date) -> Iterator[Sequence[str]]:
    """Yield leave (dates only), more time, exemptions and due dates up to the day, with every correction."""
    yield (
        "reference",
        "employee_number",
        "kind",
        "training",
        "first_day",
        "last_day",
        "last_good_day",
        "reason",
        "paper",
        "paper_number",
        "recorded_on",
        "holds",
    )
    facts = Adjustment.objects.filter(membership__organisation=organisation, from_on__lte=on)
    related = (
        _of_people_at(site, facts, on)
        .select_related("membership", "certification", "superseded_by")
        .order_by("recorded_at", "pk")
    )
    for it in related.iterator():
        yield (
            str(it.reference),
            it.membership.employee_number,
            it.get_kind_display(),
            it.certification.title if it.certification else "",
            it.from_on.isoformat(),
            _iso(it.last_on),
            _iso(it.due_on),
            it.get_reason_display(),
            it.get_document_display(),
            it.document_number,
            _day(it.recorded_at, organisation),
            "no" if it.undone or hasattr(it, "superseded_by") else "yes",
        )


def _past_completions(organisation: Organisation, site: Site | None, on: date) -> Iterator[Sequence[str]]:
    """Yield what was accepted from elsewhere up to the day, what was corrected and taken back too, in the order recorded."""
    yield (
        "reference",
        "employee_number",
        "training",
        "stands_for",
        "issuer",
        "title",
        "document_number",
        "completed_on",
        "issuer_last_day",
        "valid_through",
        "recorded_on",
        "holds",
    )
    facts = PriorLearning.objects.filter(membership__organisation=organisation, completed_on__lte=on)
    related = (
        _of_people_at(site, facts, on)
        .select_related("membership", "certification", "superseded_by")
        .order_by("recorded_at", "pk")
    )
    for it in related.iterator():
        yield (
            str(it.reference),
            it.membership.employee_number,
            it.certification.title,
            " ".join(it.scope),
            it.issuer,
            it.title,
            it.document_number,
            it.completed_on.isoformat(),
            _iso(it.ends_on),
            it.period.last_valid_on.isoformat(),
            _day(it.recorded_at, organisation),
            "no" if it.taken_back or hasattr(it, "superseded_by") else "yes",
        )


def _log(organisation: Organisation, site: Site | None, on: date) -> Iterator[Sequence[str]]:
    """Yield what staff did up to the day, by date: verbs and keys, nothing about how anybody learnt.

    Of a site nothing about people who work elsewhere.
    """
    yield ("date", "act", "object", "key")
    end = starts_at(on + ONE_DAY, organisation.time_zone)
    wanted = Q()
    for prefix in _LOGGED:
        wanted |= Q(verb__startswith=prefix)
    entries = AuditEntry.objects.filter(wanted, organisation=organisation, happened_at__lt=end)
    if site is not None:
        here = people_of(organisation=organisation, site=site, on=on).order_by()
        certificates = Certificate.objects.filter(membership__in=here.values("pk"))
        keys = [str(it) for those in (here, certificates) for it in those.values_list("public_id", flat=True)]
        about_people = [model._meta.label_lower for model in (Membership, Certificate)]
        entries = entries.filter(~Q(target_kind__in=about_people) | Q(target_id__in=keys))
    for entry in entries.order_by("happened_at", "pk").iterator():
        yield (_day(entry.happened_at, organisation), entry.verb, entry.target_kind, entry.target_id)


def _of_people_at(site: Site | None, facts: QuerySet[_Fact], on: date) -> QuerySet[_Fact]:
    """Return those of ``facts`` that are about people who work at ``site`` or below it on the day; all without one."""
    if site is None:
        return facts
    here = Employment.objects.covering(on).filter(site__in=sites_from(site))
    return facts.filter(membership__in=here.values("membership"))


def _day(at: datetime, organisation: Organisation) -> str:
    """Return the day at the organisation, as its pages say it: in the afternoon it is tomorrow elsewhere."""
    return local_date(at, organisation.time_zone).isoformat()


def _iso(value: date | None) -> str:
    return value.isoformat() if value else ""


def _table(lines: Iterable[Sequence[str]]) -> bytes:
    """Return a CSV that spreadsheets open as text in any language; no cell becomes a formula."""
    text = io.StringIO()
    writer = csv.writer(text)
    for line in lines:
        writer.writerow([protect(cell) for cell in line])
    return text.getvalue().encode("utf-8-sig")


def _read_me(organisation: Organisation, site: Site | None, on: date) -> str:
    where = site.name if site else pgettext("evidence sheet", "All sites")
    text = pgettext(
        "evidence pack",
        """%(organisation)s, %(where)s, as of %(day)s

training-record.pdf  the same as people.csv, to be read at a desk
people.csv           who was asked what, and where they stood
certificates/        each certificate as the workplace has it
texts/               what the training said, in every language in which it was released
texts.csv            the released texts, with the SHA-256 of each whole text, its questions included
requirements.csv     what was asked of whom, with every change
employments.csv      who worked where, with every correction
adjustments.csv      leave (days only), more time, exemptions and due dates, with every correction
in-person.csv        who was at which session, and what the workplace confirmed of whom, by date
log.csv              what staff recorded, by date
manifest.json        every file with its SHA-256
manifest.sig         the signature of manifest.json (Ed25519)
public-key.txt       the key to check it with
verify.py            checks all of this: python3 verify.py

The fingerprint of the key is %(fingerprint)s
Compare it with the one on the page "Proof for inspectors" of the platform.

This pack holds what was recorded. It is not legal advice, and it does not say that a law is met.
""",
    ) % {"organisation": organisation.name, "where": where, "day": on.isoformat(), "fingerprint": signing.fingerprint()}
    return f"{text}\n{_PAST}  {pgettext('kind of workbook', 'Past completions')}\n"
