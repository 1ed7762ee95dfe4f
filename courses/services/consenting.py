"""Consents to true stories: recorded, ended by who gave them or by their last day, and the story with them."""

import secrets
from collections.abc import Collection
from datetime import date, datetime
from typing import Final

from django.conf import settings
from django.db import transaction
from wagtail.log_actions import log

from cms.site_day import site_day
from courses import selectors
from courses.consents import Consent, Form, consent_faults
from courses.exceptions import ConsentRefused, ReleaseFault, ReleaseProblem
from courses.models import Course, OwnedPart, StoryConsent, StoryIdentity, Withdrawal
from courses.renditions.speech import voice_for
from courses.services.legal_names import opened, sealed
from courses.services.withdrawing import withdraw_part
from courses.snapshot import Json
from courses.withdrawn import Part, part_in
from people.models import User

CONSENT_LOG_ACTION: Final = "courses.consent"
TELLER_LOG_ACTION: Final = "courses.teller_name"
_SIGNS: Final = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


@transaction.atomic
def record_consent(
    *,
    scope: str,
    languages: Collection[str],
    forms: Collection[str],
    last_good_on: date,
    checks: Collection[str],
    licence: str,
    kept_at: str = "",
    by: User | None,
    at: datetime,
) -> StoryConsent:
    """Record what somebody agreed to who gave their story. Nothing of the person is kept.

    Raises:
        ConsentRefused: it says too little, is past, or nobody looked whether the person can be known; carries why.
    """
    given = Consent(scope, frozenset(languages), frozenset(forms), last_good_on, frozenset(checks), licence)
    if faults := consent_faults(given, on=site_day(at)):
        raise ConsentRefused(faults=faults)
    consent: StoryConsent = StoryConsent.objects.create(
        reference="story-" + "".join(secrets.choice(_SIGNS) for _ in range(6)),
        scope=scope.strip(),
        languages=sorted(set(languages)),
        forms=sorted(set(forms)),
        last_good_on=last_good_on,
        checks=sorted(set(checks)),
        licence=licence.strip(),
        kept_at=kept_at.strip(),
        recorded_at=at,
        recorded_by=by,
    )
    log(consent, CONSENT_LOG_ACTION, user=by, data={"act": "recorded"})
    return consent


@transaction.atomic
def keep_teller_name(*, consent: StoryConsent, legal_name: str, by: User | None, at: datetime) -> None:
    """Keep the name of who gave a story, encrypted, as reviewers' are; the log says that it was kept, not what.

    Raises:
        NoName: it is empty.
    """
    StoryIdentity.objects.update_or_create(
        consent=consent, defaults={"sealed_name": sealed(legal_name), "recorded_at": at}
    )
    log(consent, TELLER_LOG_ACTION, user=by, data={"kept": True})


@transaction.atomic
def read_teller_name(*, consent: StoryConsent, by: User | None) -> str:
    """Return the name that is kept, "" where none is; the log says who read it."""
    identity = StoryIdentity.objects.filter(consent=consent).first()
    if identity is None:
        return ""
    log(consent, TELLER_LOG_ACTION, user=by, data={"read": True})
    return opened(identity)


@transaction.atomic
def forget_teller_name(*, consent: StoryConsent, by: User | None) -> None:
    """Delete the name that is kept; the log says that it went, not what it was. Where none is kept nothing happens."""
    if StoryIdentity.objects.filter(consent=consent).delete()[0]:
        log(consent, TELLER_LOG_ACTION, user=by, data={"deleted": True})


@transaction.atomic
def carry_consent(*, reference: str, given: Consent, at: datetime) -> StoryConsent:
    """Record a consent that came from another site with the story. Where the paper lies is known there alone.

    One that is known here by this reference only ever gets narrower, and ends when it has ended there.

    Raises:
        ConsentRefused: it says too little; carries why. A last day that is past is kept: nothing is told under it.
    """
    if faults := consent_faults(given, on=given.last_good_on):
        raise ConsentRefused(faults=faults)
    consent, _ = StoryConsent.objects.select_for_update(of=("self",)).get_or_create(
        reference=reference,
        defaults={
            "scope": given.scope.strip(),
            "languages": sorted(given.languages),
            "forms": sorted(given.forms),
            "last_good_on": given.last_good_on,
            "checks": sorted(given.checks),
            "licence": given.licence.strip(),
            "recorded_at": at,
        },
    )
    narrower = {
        "languages": sorted(given.languages.intersection(consent.languages)),
        "forms": sorted(given.forms.intersection(consent.forms)),
        "last_good_on": min(given.last_good_on, consent.last_good_on),
    }
    if any(getattr(consent, name) != value for name, value in narrower.items()):
        for name, value in narrower.items():
            setattr(consent, name, value)
        consent.save(update_fields=list(narrower))
        log(consent, CONSENT_LOG_ACTION, user=None, data={"act": "narrowed"})
    if given.is_withdrawn:
        withdraw_consent(consent=consent, by=None, at=at)
        consent.refresh_from_db()
    return consent


@transaction.atomic
def withdraw_consent(*, consent: StoryConsent, by: User | None, at: datetime) -> list[Withdrawal]:
    """End ``consent`` because who gave it wishes so; the story goes from every language, file, edition and pack."""
    locked = StoryConsent.objects.select_for_update(of=("self",)).get(pk=consent.pk)
    if locked.withdrawn_at is None:
        locked.withdrawn_at = at
        locked.save(update_fields=["withdrawn_at"])
        log(locked, CONSENT_LOG_ACTION, user=by, data={"act": "withdrawn"})
    return _take_stories_out(locked, by, at)


def end_expired_consents(*, at: datetime) -> int:
    """Take out the stories whose consent has passed its last day; return how many parts. Run twice, it finds nothing."""
    ended = 0
    for consent in selectors.consents_that_ended(on=site_day(at)):
        with transaction.atomic():
            ended += len(_take_stories_out(consent, None, at))
    return ended


def _take_stories_out(consent: StoryConsent, by: User | None, at: datetime) -> list[Withdrawal]:
    return [
        withdraw_part(
            course=told.course,
            part=Part(told.kind, told.target),
            label=told.label,
            reason=Withdrawal.Reason.OWNER,
            instead="",
            by=by,
            at=at,
            consent=consent,
        )
        for told in OwnedPart.objects.in_force().filter(consent=consent).select_related("course")
    ]


def required_forms(language: str) -> tuple[str, ...]:
    """Return in which forms this site tells what it releases in ``language``."""
    forms = [Form.READ]
    if settings.RENDITIONS:
        forms += [Form.PRINT, Form.SLIDES]
        if voice_for(language) is not None:
            forms.append(Form.LISTEN)
    return tuple(forms)


def consent_problems(*, course: Course, snapshot: Json, on: date) -> list[ReleaseProblem]:
    """Return the stories in ``snapshot`` whose consent does not cover its language, its forms or the day."""
    language = snapshot["language"]
    problems = []
    for told in selectors.owned_parts(course):
        if told.consent is None or part_in(snapshot, Part(told.kind, told.target)) is None:
            continue
        if lacks := told.consent.rule.lacks(language=language, forms=required_forms(language), on=on):
            detail = f"{told.label} – {told.consent}: {', '.join(lacks)}"
            problems.append(ReleaseProblem(ReleaseFault.CONSENT, language, detail=detail))
    return problems
