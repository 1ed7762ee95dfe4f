"""One mail a day to whoever leads languages, and only when there is something that was not there the day before."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.crypto import salted_hmac
from django.utils.translation import pgettext

from cms.languages import direction, spoken
from cms.site_day import site_day
from people import outbox
from people.models import User
from translations.models import LanguageLead
from translations.selectors.inbox import ASKING, inboxes, leads_to_look_at, open_tasks

KIND: Final = "translations.digest"
TASKS: Final = "tasks"
"""Beside the counts: how many tasks are open."""


def look_for_digests(*, at: datetime) -> int:
    """Look once a day at what each lead has to do, and enqueue a mail where something is new; return how many mails.

    A sweep that finds that everybody was looked at today costs one query. What was found is kept with the mail's
    entry in one transaction: a crash tells nobody twice and forgets nobody.
    """
    day = site_day(at)
    if not leads_to_look_at(day=day).exists():
        return 0
    return _look(day)


@transaction.atomic
def _look(day: date) -> int:
    rows = list(leads_to_look_at(day=day).select_for_update(of=("self",)))
    counted = counts_of([row.language for row in rows], day)
    new: dict[int, list[str]] = defaultdict(list)
    for row in rows:
        found = counted[row.language]
        if any(number > row.told.get(name, 0) for name, number in found.items()):
            new[row.user_id].append(row.language)
        row.looked_on, row.told = day, found
    LanguageLead.objects.bulk_update(rows, ["looked_on", "told"])
    for user, languages in new.items():
        payload = {"user": user, "languages": languages, "day": day.isoformat()}
        outbox.enqueue(kind=KIND, key=f"{KIND}:{user}:{day.isoformat()}", payload=payload)
    return len(new)


def counts_of(languages: list[str], day: date) -> dict[str, dict[str, int]]:
    """Return by language how many segments ask for each kind of work, and how many tasks are open; three queries."""
    unique = list(dict.fromkeys(languages))
    open_by_language: dict[str, int] = defaultdict(int)
    for language in open_tasks(languages=unique).values_list("language", flat=True):
        open_by_language[language] += 1
    return {
        each.language: {**each.counts, TASKS: open_by_language[each.language]}
        for each in inboxes(languages=unique, on=day)
    }


def deliver_digest(payload: Mapping[str, Any]) -> None:
    """Send the mail that an entry of the outbox asks for, with the numbers of now.

    Who leads none of the languages any more, or has no address, is told nothing. A second delivery has the same
    Message-ID.
    """
    user = User.objects.filter(pk=payload["user"], is_active=True).first()
    day = date.fromisoformat(payload["day"])
    led = LanguageLead.objects.filter(user=payload["user"], language__in=payload["languages"])
    languages = list(led.values_list("language", flat=True))
    if user is None or not user.email or not languages:
        return
    counted = counts_of(languages, day)
    language = spoken(user.language)
    names = dict(settings.KNOWN_LANGUAGES)
    with translation.override(language):
        context = {
            "name": user.name,
            "languages": [
                {"name": names[code], **{name: counted[code][name] for name in (*ASKING, TASKS)}} for code in languages
            ],
            "link": f"{settings.ORIGIN}{reverse('translations_admin:inbox')}",
            "language": language,
            "direction": direction(language),
        }
        # Who sees the screen of somebody at work learns nothing from it.
        subject = pgettext("subject of a mail to an editor", "Texts wait for you")
        context["subject"] = subject
        text, html = (render_to_string(f"translations/mails/digest.{form}", context) for form in ("txt", "html"))
    mail = EmailMultiAlternatives(
        subject=subject,
        body=text,
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[user.email],
        headers={
            "Message-ID": _message_id(user, day),
            "Auto-Submitted": "auto-generated",
            "Content-Language": language,
        },
    )
    mail.attach_alternative(html, "text/html")
    mail.send()


def _message_id(user: User, day: date) -> str:
    name = salted_hmac(KIND, f"{user.pk} {day.isoformat()}", algorithm="sha256").hexdigest()[:32]
    return f"<{name}@{settings.MAIL_DOMAIN}>"
