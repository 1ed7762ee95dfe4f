"""The fixed words of a rendition, in the language of its text where the interface speaks it."""

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from cms.languages import direction
from courses.renditions.outline import Words


def words(language: str) -> Words:
    """Return every fixed word, by name. Those with ``%(…)s`` take a number or an answer."""
    with translation.override(language):
        return {
            "comma": pgettext("between the parts of a list", ", "),
            "before": _("Before you read on"),
            "note": pgettext("kind of callout", "Note"),
            "important": pgettext("kind of callout", "Important"),
            "rights": pgettext("kind of callout", "Your rights"),
            "words": pgettext("kind of callout", "Words to use"),
            "caveat": _("What the number does not say:"),
            "source": _("Source:"),
            "sources": _("Sources"),
            "sign": _("A sign"),
            "also": _("It may also be …"),
            "can_do": _("What you can do"),
            "do": pgettext("a list of what to do", "Do"),
            "never": pgettext("a list of what never to do", "Never"),
            "help": _("Help now"),
            "emergency": _("In danger now, call"),
            "story": _("This situation is invented."),
            "verdict_concern": _("In this story there is reason for concern."),
            "verdict_innocent": _("In this story there is nothing to report."),
            "verdict_rights": _("This story is about rights at work."),
            "turn_to": pgettext("in a printed story with choices", "turn to %(number)s"),
            "onward": "←" if direction(language) == "rtl" else "→",
            "go_on_at": pgettext("in a printed story with choices", "Go on at %(number)s."),
            "practice": pgettext("rendition", "Practice"),
            "question": pgettext("rendition", "Question %(number)s"),
            "answers": pgettext("rendition", "Answers to the practice questions"),
            "right": pgettext("rendition", "Right: %(answer)s"),
            "several": _("More than one answer is right. Choose all of them."),
            "true": pgettext("answer to a statement", "True"),
            "false": pgettext("answer to a statement", "False"),
            "put_in_order": pgettext("rendition", "Put these in order."),
            "match": pgettext("rendition", "Find the letter that belongs to each number."),
            "think": _("To think about"),
            "picture": pgettext("rendition", "Picture"),
            "audio": pgettext("rendition", "Recording"),
            "video": pgettext("rendition", "Film"),
            "file": pgettext("rendition", "File"),
            "gone": _("This part was taken away"),
            "gone_wrong": _("It was wrong or out of date. If you have read it before, please do not rely on it."),
            "gone_safety": _(
                "It could have put somebody at risk. If you have read it before, please do not act on it."
            ),
            "gone_owner": _("A part was here that its owner withdrew on %(date)s."),
            "owned": _("This part belongs to %(name)s. %(licence)s"),
            "told": _("This is a true story, told with consent. %(licence)s"),
            "machine": pgettext("spoken before a lesson", "A machine is reading this."),
            "lesson": pgettext("rendition", "Lesson %(number)s"),
            "minutes": pgettext("rendition", "About %(number)s min"),
            "contents": pgettext("rendition", "Contents"),
            "outcomes": _("After this course you can …"),
            "edition": pgettext("rendition", "Edition %(number)s"),
            "draft": pgettext(
                "rendition", "Draft, not yet reviewed. If something seems wrong, the English text counts."
            ),
            "draft_mark": pgettext("mark on every page", "Draft"),
            "confirmed": pgettext(
                "rendition", "Help lines confirmed on %(day)s or later. This page shows them as they are today:"
            ),
            "check_first": _("Check before you rely on it: last confirmed on %(date)s."),
            "claim_current": _("Verified on %(date)s."),
            "claim_stale": _(
                "Last verified on %(date)s; it should have been looked at again since. Check before you rely on it."
            ),
            "claim_contradicted": _("Verified on %(date)s, and contradicted since: %(why)s"),
            "claim_withdrawn": _("Verified on %(date)s, and withdrawn since: %(why)s"),
            "languages": _("Languages:"),
            "page": pgettext("rendition", "Page"),
            "qr": pgettext("rendition", "Square code: leads to %(address)s"),
            "scan": pgettext("rendition", "Scan with the camera of a phone. No app, and no payment."),
            "scan_open": pgettext(
                "rendition", "Scan with the camera of a phone. No account, no app, and no record of who reads."
            ),
            "keep": pgettext("rendition", "Numbers to keep"),
            "short": pgettext("rendition", "In short"),
            "cut": pgettext("rendition", "Cut along the solid lines, fold along the dotted ones."),
            "guide": pgettext("rendition", "Facilitator's guide"),
            "slides": pgettext("rendition", "Slides"),
            "cue_say": pgettext("cue in a facilitator's guide", "Read out or tell"),
            "cue_show": pgettext("cue in a facilitator's guide", "Show, one at a time"),
            "cue_vote": pgettext("cue in a facilitator's guide", "Vote by hands, then read what happens"),
            "cue_ask": pgettext("cue in a facilitator's guide", "Ask the room, then compare"),
            "cue_think": pgettext("cue in a facilitator's guide", "A quiet minute; nobody has to answer"),
            "cue_leave": pgettext("cue in a facilitator's guide", "Leave these on the screen or the wall"),
            "tally": pgettext(
                "poll of a room",
                "Hands: %(letters)s   Go on where most hands are. A tie: hear one of each side, then vote again.",
            ),
            "vote": pgettext("slide", "What would you do? Hands up."),
            "talk": pgettext("slide", "Talk with your neighbour"),
            "quiz": pgettext("rendition", "Final questions"),
            "sheet": pgettext("rendition", "Answer sheet"),
            "key": pgettext("rendition", "Answer key"),
            "key_note": pgettext("rendition", "For the person who marks. Keep it away from the papers."),
            "paper": pgettext("rendition", "Paper %(code)s"),
            "quiz_note": pgettext("rendition", "Take all the time you need. Write on the answer sheet, not here."),
            "sheet_note": pgettext(
                "rendition", "Fill one circle in each row. Where more than one answer is right, fill all of them."
            ),
            "head_question": pgettext("column of an answer key", "No."),
            "head_right": pgettext("column of an answer key", "Right"),
            "head_why": pgettext("column of an answer key", "Why"),
            "number": pgettext("rendition", "Employee number"),
            "day": pgettext("rendition", "Date"),
            "pass": pgettext("rendition", "Passed with %(percent)s percent."),
            "critical": pgettext("rendition", "must be right"),
            "alarm": pgettext("rendition", "false alarm: %(letters)s"),
        }


# Plans and cautions for whoever leads a session stand apart: they are sentences, not labels.
def guide_sections(language: str) -> list[tuple[str, list[str]]]:
    """Return what a facilitator reads before the session: titles with their lines."""
    with translation.override(language):
        return [
            (
                pgettext("facilitator's guide", "Before the session"),
                [
                    _("Agree with the workplace who takes over if somebody speaks to you, and write the name down."),
                    _(
                        "Check each help line in this guide by the address on the cover; write down what is open at that hour."
                    ),
                    _("Find a second room with a door, and a second person who can sit there with somebody."),
                    _("Nobody is filmed or recorded. The list of names is for attendance alone."),
                    _("Managers may attend, but not in the same session as the people who report to them."),
                ],
            ),
            (
                pgettext("facilitator's guide", "At the start"),
                [
                    _(
                        "Say what the session is about, how long it takes, and that anyone may leave and come back without a reason."
                    ),
                    _("Agree: what is told here stays here; no names; nobody has to speak."),
                    _("Put the help lines where everybody can read them without being seen to look."),
                ],
            ),
            (
                pgettext("facilitator's guide", "If somebody tells you something"),
                [
                    _("Listen. Believe. Do not ask for details, and do not promise to keep everything to yourself."),
                    _("Adults decide themselves what happens next. If a person is in danger now, call 911."),
                    _("Offer the second room and the help lines. Do not deal with it before the group."),
                    _("Never confront anybody who is accused, and never search for proof."),
                ],
            ),
            (
                pgettext("facilitator's guide", "At the end"),
                [
                    _("Go back to the help lines. Thank the group. Stay ten minutes for those who wait."),
                    _("Write down what to mend in the session. Write no names and no stories."),
                    _("Look after yourself: speak with a colleague before you go home."),
                ],
            ),
        ]
