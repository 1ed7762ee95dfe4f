"""The texts of reminders: plain, neutral, one link, in the person's language."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import icalendar
from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import pgettext

from compliance.models import Message, Obligation
from people.models import Employment, Membership


@dataclass(frozen=True, slots=True)
class Line:
    """One thing a message says: about which training, of what kind, by when."""

    title: str
    kind: str
    due_on: date | None


def address_of(membership: Membership) -> str | None:
    """Return where messages of this membership go: the address HR gave, else the learner's own verified one."""
    if membership.email:
        return membership.email
    own = EmailAddress.objects.filter(user=membership.user_id, verified=True).order_by("-primary").first()
    return own.email if own else None


def language_of(membership: Membership) -> str:
    """Return the language that the learner chose, else the first of their site's."""
    known = dict(settings.LANGUAGES)
    if membership.user.language in known:
        return membership.user.language
    job = Employment.objects.current_knowledge().filter(membership=membership).select_related("site").order_by("-starts_on").first()
    language = job.site.workplace_language if job else "en"
    return language if language in known else "en"


def lines_of(message: Message) -> list[Line]:
    """Return what ``message`` says, the soonest first."""
    keys = [item["obligation"] for item in message.items]
    obligations = {it.pk: it for it in Obligation.objects.filter(pk__in=keys).select_related("certification")}
    lines = []
    for item in message.items:
        obligation = obligations.get(item["obligation"])
        if obligation is not None:
            due_on = date.fromisoformat(item["due_on"]) if item["due_on"] else None
            lines.append(Line(obligation.certification.title, item["kind"], due_on))
    return sorted(lines, key=lambda line: (line.due_on or date.max, line.title))


def link_of(message: Message) -> str:
    """Return the one link of a message: the course when it is one, whose button knows the next step; else the list."""
    keys = [item["obligation"] for item in message.items]
    if len(keys) == 1:
        obligation = Obligation.objects.filter(pk=keys[0]).select_related("certification").first()
        courses = list(obligation.certification.courses.all()[:2]) if obligation else []
        if len(courses) == 1:
            return settings.ORIGIN + reverse("courses:course", kwargs={"slug": courses[0].slug})
    return settings.ORIGIN + reverse("courses:my_training")


def compose(message: Message) -> EmailMultiAlternatives | None:
    """Return the mail of a message, None where the person has no address any more.

    Subject, sender and file name tell nobody what it is about.
    """
    membership = Membership.objects.select_related("organisation", "user").get(pk=message.membership_id)
    address = address_of(membership)
    if address is None:
        return None
    with translation.override(language_of(membership)):
        lines = lines_of(message)
        context = {
            "name": membership.name,
            "organisation": membership.organisation.name,
            "lines": lines,
            "link": link_of(message),
            "language": translation.get_language(),
            "direction": "rtl" if translation.get_language_bidi() else "ltr",
        }
        mail = EmailMultiAlternatives(
            subject=pgettext("subject of a reminder", "Something for you from %(organisation)s") % context,
            body=render_to_string("compliance/mails/reminder.txt", context),
            from_email=settings.DEFAULT_FROM_EMAIL,
            to=[address],
            headers={"Message-ID": message.message_id, "Auto-Submitted": "auto-generated"},
        )
        mail.attach_alternative(render_to_string("compliance/mails/reminder.html", context), "text/html")
        dates = [line.due_on for line in lines if line.due_on is not None]
        if dates:
            mail.attach("date.ics", calendar_file(message, min(dates)), "text/calendar")
    return mail


def calendar_file(message: Message, day: date) -> bytes:
    """Return an all-day event on ``day`` whose title tells nothing."""
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//Fieldfare//EN")
    calendar.add("version", "2.0")
    event = icalendar.Event()
    event.add("uid", f"{message.public_id}@{settings.MAIL_DOMAIN}")
    event.add("dtstamp", message.claimed_at if isinstance(message.claimed_at, datetime) else None)
    event.add("dtstart", day)
    event.add("dtend", day + timedelta(days=1))
    event.add("summary", pgettext("title of a calendar entry", "To do for work"))
    event.add("transp", "TRANSPARENT")
    calendar.add_component(event)
    return calendar.to_ical()
