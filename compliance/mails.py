"""The texts of reminders: plain, neutral, one link, in the person's language."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

import icalendar
from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import pgettext

from cms.languages import direction
from compliance.channels import Notice
from compliance.models import Digest, Message
from compliance.selectors import DigestLine, Line, lines_of, takes_mail, taking_mail
from people.models import Employment, Membership, Organisation, User
from people.services.staff_notes import EXPORT
from people.slips import printed_languages

_ENGLISH: Final = "en"
DIGEST_LINES: Final = 50
"""More than these nobody reads in a mail; the rest is a number."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What a message says, to whom and in which language; ``takes_mail``: whether mails may go to their address."""

    lines: Sequence[Line]
    membership: Membership
    language: str
    takes_mail: bool


def drafts(messages: Sequence[int], *, at: datetime) -> dict[int, Draft]:
    """Return the drafts of messages, by their keys, as they are at ``at``; a constant number of queries."""
    found = Message.objects.select_related("membership__organisation", "membership__user").in_bulk(messages)
    lines = lines_of(list(found.values()), at=at)
    members = {it.membership_id: it.membership for it in found.values()}
    languages = _languages_of(list(members.values()))
    taking = taking_mail(members.values())
    return {
        key: Draft(
            lines=lines[key],
            membership=it.membership,
            language=languages[it.membership_id],
            takes_mail=it.membership_id in taking,
        )
        for key, it in found.items()
    }


def language_of(membership: Membership) -> str:
    """Return the language that the learner chose, else the first of their site's; English where neither has texts."""
    return _languages_of([membership])[membership.pk]


def _languages_of(memberships: Sequence[Membership]) -> dict[int, str]:
    silent = [it.pk for it in memberships if not it.user.language]
    known = Employment.objects.current_knowledge().filter(membership__in=silent).select_related("site")
    # The last of each person's is the one that counts.
    at_work = {job.membership_id: job.site.workplace_language for job in known.order_by("starts_on", "pk")}
    return {it.pk: printed_languages([it.user.language or at_work.get(it.pk, _ENGLISH)])[0] for it in memberships}


def link_of(lines: Sequence[Line]) -> str:
    """Return the one link of a message: the course when it is one, whose button knows the next step; else the list.

    It is the course and no lesson: whoever else reads the mail shall not see how far the person has come.
    """
    courses = [course for line in lines for course in line.obligation.certification.courses.all()]
    if len(courses) == 1:
        path = reverse("courses:course", kwargs={"slug": courses[0].slug})
    else:
        path = reverse("courses:my_training")
    return f"{settings.ORIGIN}{path}"


def compose(message: Message, draft: Draft) -> Notice | None:
    """Return the mail of a message; None where it says nothing or the employer has given no address that takes mail.

    An address of the person's own is never used: who gets no letter would tell the employer that there is one.
    Subject, sender and file name tell nobody what it is about.
    """
    membership, lines, language = draft.membership, draft.lines, draft.language
    if not lines or not draft.takes_mail:
        return None
    with translation.override(language):
        context = {
            "name": membership.called,
            "organisation": membership.organisation.name,
            "lines": lines,
            "link": link_of(lines),
            "language": language,
            "direction": direction(language),
        }
        ahead = [line.due_on for line in lines if line.due_on is not None and line.due_on >= message.day]
        return _notice(
            "reminder",
            context,
            to=membership.email,
            message_id=message.message_id,
            calendar=calendar_file(message, min(ahead)) if ahead else b"",
        )


def compose_digest(digest: Digest, lines: Sequence[DigestLine]) -> Notice | None:
    """Return the mail that tells somebody above what ``lines`` say, None where they have no address that takes mail.

    Subject and sender are those of every mail: a manager's screen is looked at too.
    """
    manager, user = digest.manager, digest.user
    if manager is not None:
        address, name, language = manager.email, manager.called, language_of(manager)
    else:
        assert user is not None
        address, name, language = user.email or "", user.name, printed_languages([user.language or "en"])[0]
    if not address or (manager is not None and not takes_mail(manager)):
        return None
    path = reverse("compliance:organisation", kwargs={"code": digest.organisation.code})
    with translation.override(language):
        context = {
            "name": name,
            "organisation": digest.organisation.name,
            "lines": lines[:DIGEST_LINES],
            "more": max(len(lines) - DIGEST_LINES, 0),
            "link": "" if manager is not None else f"{settings.ORIGIN}{path}",
            "language": language,
            "direction": direction(language),
        }
        return _notice("digest", context, to=address, message_id=digest.message_id)


def compose_staff_note(user: User, organisation: Organisation, *, about: str, target: str) -> Notice:
    """Return the mail that something waits for somebody of HR: a link, and nothing of any person or list."""
    language = printed_languages([user.language or "en"])[0]
    code = organisation.code
    if about == EXPORT:
        path = reverse("compliance:export_file", kwargs={"code": code, "file": target})
    elif _is_public_id(target):
        path = reverse("compliance:import", kwargs={"code": code, "upload": target})
    else:
        path = reverse("compliance:workbooks", kwargs={"code": code})
    said = uuid.uuid5(uuid.NAMESPACE_URL, f"{about}:{target}:{user.pk}")
    with translation.override(language):
        context = {
            "name": user.name,
            "organisation": organisation.name,
            "is_export": about == EXPORT,
            "link": f"{settings.ORIGIN}{path}",
            "language": language,
            "direction": direction(language),
        }
        return _notice("staff_note", context, to=user.email or "", message_id=f"<{said}@{settings.MAIL_DOMAIN}>")


def _is_public_id(target: str) -> bool:
    try:
        uuid.UUID(target)
    except ValueError:
        return False
    return True


def _notice(template: str, context: dict[str, Any], *, to: str, message_id: str, calendar: bytes = b"") -> Notice:
    """Return a notice in two forms, in the active language."""
    return Notice(
        address=to,
        subject=_subject(context["organisation"]),
        text=render_to_string(f"compliance/mails/{template}.txt", context),
        html=render_to_string(f"compliance/mails/{template}.html", context),
        message_id=message_id,
        calendar=calendar,
        languages=tuple(
            dict.fromkeys([context["language"], *([settings.LANGUAGE_CODE] if "lines" in context else [])])
        ),
    )


def _subject(organisation: str) -> str:
    return pgettext("subject of a reminder", "Something for you from %(organisation)s") % {
        "organisation": " ".join(organisation.split())
    }


def calendar_file(message: Message, day: date) -> bytes:
    """Return an all-day event on ``day`` whose title tells nothing. A resend is the same event."""
    event = icalendar.Event()
    event.add("uid", f"{message.public_id}@{settings.MAIL_DOMAIN}")
    event.add("dtstamp", message.claimed_at)
    event.add("dtstart", day)
    event.add("dtend", day + timedelta(days=1))
    event.add("summary", pgettext("title of a calendar entry", "To do for work"))
    event.add("transp", "TRANSPARENT")
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//Calendar//EN")
    calendar.add("version", "2.0")
    calendar.add_component(event)
    return bytes(calendar.to_ical())
