"""What shipped help lines say of themselves, so that it can be said in the reader's language.

A record of a help line is written in the source language alone, and one person may correct it in an emergency. Its words
are looked up here by what they say: as soon as they are corrected, readers of every language see the corrected words, until
somebody has translated them.
"""

from typing import Final, NamedTuple

from django.utils.translation import get_language, gettext, gettext_noop

SOURCE: Final = "en"

# Translators: what a help line says of itself. Names of services, numbers and words to be sent stay as they are.
SHIPPED: Final = (
    gettext_noop("24 hours a day, every day"),
    gettext_noop(
        "Call when somebody is in danger now. Say where you are first. You can ask for police, fire or "
        "ambulance. Police may come, and they decide what they do next. Where 911 does not work, call the "
        "local police number."
    ),
    gettext_noop(
        "English and French; more than 200 other languages, 27 of them Indigenous, through an interpreter on "
        "the phone. Web chat in English and French. TTY."
    ),
    gettext_noop(
        "A charity answers, not police and not government. You can ask for advice without making a report, "
        "and you do not have to give your name. They can tell you about services near you. They share what "
        "you say only if you agree, unless somebody is in immediate danger or a child is at risk."
    ),
    gettext_noop("More than 100 languages"),
    gettext_noop(
        "For anybody harmed by a crime, in BC and Yukon. The line is confidential and free. They listen, "
        "give support in a crisis and tell you which services can help. You do not need to report to police "
        "first. Ask at the start what stays private and what cannot."
    ),
    gettext_noop(
        "Call when you have reason to think that a child or young person under 19 is being harmed or "
        "exploited, or is likely to be. You do not need proof or all the details. Call even if somebody else "
        "has called. Child protection decides what happens next; that may mean contact with the child, the "
        "family or police. In danger now, call 911 first."
    ),
    gettext_noop("English and French; by phone also Ukrainian, Russian, Pashto, Dari, Mandarin and Arabic"),
    gettext_noop("Text CONNECT to 686868"),
    gettext_noop(
        "For children and young people who want to talk or text with somebody about anything. Texting works "
        "without a data plan. It is a charity, not police. If a life is in danger they may have to tell "
        "somebody: ask what stays private."
    ),
    gettext_noop("The web form at cybertip.ca is open 24 hours a day. Hours of the phone line are not confirmed."),
    gettext_noop(
        "Takes reports about the sexual exploitation of children online. A report can be passed to police or "
        "child protection. Its sister site NeedHelpNow.ca shows young people how to get an image taken down. "
        "Do not copy or forward an image of a child in order to report it."
    ),
    gettext_noop("English; translation on request"),
    gettext_noop(
        "The office of the province for pay, hours, job fees and passports that an employer keeps. You can "
        "ask a question before you decide on a complaint. To look into a complaint they usually need to talk "
        "to the employer: ask first who will be told, and what."
    ),
    gettext_noop(
        "Leave a message 24 hours a day. Live agents Monday to Friday, 6:30 to 20:00 Eastern time (3:30 to "
        "17:00 in most of BC)."
    ),
    gettext_noop("200 languages while live agents are there"),
    gettext_noop(
        "Takes confidential tips about employers of temporary foreign workers. The employer is not told who "
        "called. What you say may be shared with other government departments. A tip can lead to an "
        "inspection. It does not get your unpaid wages back."
    ),
    gettext_noop(
        "Takes tips about a crime without your name. The tip goes to police. It gives no advice, no support "
        "and no help in an emergency."
    ),
)
ALWAYS: Final = (SHIPPED[0], "24 hours a day, every day of the year")
"""Two ways to say that a line answers day and night; the first is translated."""


class Said(NamedTuple):
    """Words, and the language that they are in."""

    words: str
    language: str


def said(words: str) -> Said:
    """Return ``words`` in the language that is spoken now; as they stand where nobody has translated these very words."""
    known = ALWAYS[0] if words in ALWAYS else words
    if known in SHIPPED and (there := gettext(known)) != known:
        return Said(there, get_language() or SOURCE)
    return Said(words, SOURCE)
