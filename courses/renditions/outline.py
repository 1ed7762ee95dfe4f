"""What a lesson says, as a small tree that every format is made from: the same facts in the same order.

Plain Python: no clock, no database, no settings. An outline is plain JSON. A line is a list of runs (``text``,
``bold``, ``italic``). Nodes by ``kind``:

- ``heading`` (``level`` 3 or 4, ``runs``), ``paragraph`` (``runs``), ``list`` (``ordered``, ``items``: lines);
- ``section``: ``title`` (may be empty) and ``body`` (nodes);
- ``box``: ``look`` (below), ``label``, ``title`` (each may be empty) and ``parts`` (``label``, ``body``);
- ``service``: ``name``, ``phone`` and ``lines`` (texts), a help line as it is today;
- ``choices``: ``items`` of ``runs``, ``mark`` ("A", or nothing) and ``to`` (words such as "turn to 4", or nothing).

Looks of boxes: ``sign``, ``do_never``, ``two_ways``, ``help``, ``scenario``, ``check``, ``answers``, ``note``,
``important``, ``rights``, ``words``, ``figure``, ``reflection``, ``attestation``, ``media``, ``withdrawn``.

A lesson is ``code``, ``number``, ``title``, ``minutes``, ``body`` (nodes) and ``sources`` (texts).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Final, TypeAlias

from assessments.papers import order_question
from courses.claims import ClaimNow
from courses.renditions.markup import flow, paragraph, run, runs_of, text_of_runs
from courses.renditions.stories import passages
from courses.snapshot import Json
from courses.withdrawn import WITHDRAWN_BLOCK

Words: TypeAlias = Mapping[str, str]
_PANELS: Final = frozenset({"figure", "important", "rights", "words", "note"})
LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def outline(
    snapshot: Json,
    *,
    lines: Callable[[Sequence[str]], list[Json]],
    words: Words,
    about_claim: Callable[[ClaimNow], str] = str,
    day: Callable[[date], str] = str,
) -> list[Json]:
    """Return the lessons of ``snapshot`` as outlines.

    ``snapshot`` is what a reader may see: withdrawn parts are notices already. ``lines`` returns the help lines of
    some codes as they are today (``service`` nodes). ``words`` are the fixed words (courses.renditions.words), and
    ``day`` writes a date in their language.
    """
    return [
        _Lesson(lesson, snapshot["practice"], lines, words, about_claim, day).outline(number)
        for number, lesson in enumerate(snapshot["lessons"], start=1)
    ]


def facts(nodes: Iterable[Json]) -> Iterator[str]:
    """Return every text that ``nodes`` say, in the order in which it is read."""
    for node in nodes:
        match node["kind"]:
            case "heading" | "paragraph":
                yield text_of_runs(node["runs"])
            case "list":
                yield from (text_of_runs(item) for item in node["items"])
            case "section":
                yield from filter(None, [node["title"]])
                yield from facts(node["body"])
            case "box":
                yield from filter(None, [node["label"], node["title"]])
                for part in node["parts"]:
                    yield from filter(None, [part["label"]])
                    yield from facts(part["body"])
            case "service":
                yield from filter(None, [node["name"], node["phone"], *node["lines"]])
            case "choices":
                for item in node["items"]:
                    yield from filter(None, [item["mark"], text_of_runs(item["runs"]), item["to"]])


def lesson_facts(lesson: Json) -> list[str]:
    """Return every text of a lesson's outline: its title, what it says, its sources."""
    return [lesson["title"], *facts(lesson["body"]), *lesson["sources"]]


class _Lesson:
    """The work of outlining one lesson: questions are asked in their place and answered at the end."""

    def __init__(
        self,
        lesson: Json,
        practice: Mapping[str, Json],
        lines: Callable[[Sequence[str]], list[Json]],
        words: Words,
        about_claim: Callable[[ClaimNow], str],
        day: Callable[[date], str],
    ) -> None:
        self.day = day
        self.about_claim = about_claim
        self.lesson = lesson
        self.practice = practice
        self.lines = lines
        self.words = words
        self.sources = {source["code"]: source for source in lesson["sources"]}
        self.answers: list[Json] = []

    def outline(self, number: int) -> Json:
        lesson = self.lesson
        body: list[Json] = []
        if lesson["content_note"]:
            body.append(self._box("note", self.words["before"], "", [("", flow(lesson["content_note"]))]))
        for block in lesson["body"]:
            shown = self._block(block["type"], block["value"])
            # Several that somebody looked at on one day say it once.
            said = dict.fromkeys(self.about_claim(claim) for claim in block["value"].get("claims_now") or ())
            _end_of(shown).extend(paragraph(text) for text in said)
            body += shown
            body += self._owner(block)
        body += self._owner(lesson)
        if self.answers:
            body.append(
                {"kind": "box", "look": "answers", "label": "", "title": self.words["answers"], "parts": self.answers}
            )
        return {
            "code": lesson["code"],
            "number": number,
            "title": lesson["title"],
            "minutes": lesson["minutes"],
            "body": body,
            "sources": [source_text(source) for source in lesson["sources"]],
        }

    def _owner(self, owned: Json) -> list[Json]:
        owner = owned.get("owner")
        if not owner:
            return []
        return [paragraph(self.words["owned" if owner["name"] else "told"] % owner, italic=True)]

    def _box(self, look: str, label: str, title: str, parts: Iterable[tuple[str, list[Json]]]) -> Json:
        kept = [{"label": name, "body": nodes} for name, nodes in parts if name or nodes]
        return {"kind": "box", "look": look, "label": label, "title": title, "parts": kept}

    def _block(self, kind: str, value: Any) -> list[Json]:
        words = self.words
        match kind:
            case "text":
                return [{"kind": "section", "title": value.get("heading") or "", "body": flow(value["text"])}]
            case "callout":
                tone = value["tone"] if value["tone"] in ("important", "rights", "words") else "note"
                return [self._box(tone, words[tone], value["title"], [("", flow(value["text"]))])]
            case "figure":
                source = self.sources.get(value.get("source") or "")
                parts = [("", flow(value["text"])), (words["caveat"], [paragraph(value["caveat"])])]
                if source:
                    parts.append((words["source"], [paragraph(source["title"])]))
                return [self._box("figure", "", "", parts)]
            case "content_note":
                return [self._box("note", words["before"], "", [("", flow(value["text"]))])]
            case "sign":
                named = ((words["sign"], "sign"), (words["also"], "also"), (words["can_do"], "do"))
                return [self._box("sign", "", "", [(label, [paragraph(value[name])]) for label, name in named])]
            case "do_never":
                return [
                    self._box(
                        "do_never",
                        "",
                        "",
                        [(words["do"], [_plain_list(value["do"])]), (words["never"], [_plain_list(value["never"])])],
                    )
                ]
            case "two_ways":
                work, boss = value["work"], value["boss"]
                lines = self.lines(boss["services"])
                parts = [(work["title"], flow(work["text"])), (boss["title"], [*flow(boss["text"]), *lines])]
                return [self._box("two_ways", "", "", parts)]
            case "help_now":
                title = value.get("title") or words["help"]
                return [self._box("help", "", title, [("", self.lines(value["services"]))])]
            case "scenario":
                return [self._scenario(value, label=words["story"], verdict=words[f"verdict_{value['verdict']}"])]
            case "check":
                question = self.practice.get(value["question"])
                return [self._check(question)] if question else []
            case "attestation":
                return [self._box("attestation", "", "", [("", [paragraph(value["text"])])])]
            case "reflection":
                return [self._box("reflection", words["think"], "", [("", [paragraph(value["prompt"])])])]
            case "image":
                texts = dict.fromkeys(filter(None, (value.get("alt"), value.get("caption"))))
                return [self._box("media", words["picture"], "", [("", [paragraph(text) for text in texts])])]
            case "audio" | "video":
                return [self._box("media", words[kind], value["title"], [("", flow(value["transcript"]))])]
            case "download":
                about = [paragraph(value["description"])] if value.get("description") else []
                return [self._box("media", words["file"], value["title"], [("", about)])]
            case str() if kind == WITHDRAWN_BLOCK:
                reason = value["reason"] if f"gone_{value['reason']}" in words else "owner"
                why = words[f"gone_{reason}"] % {"date": self.day(date.fromisoformat(value["on"]))}
                parts = [("", [paragraph(why), *flow(value["text"] or "")])]
                return [self._box("withdrawn", "", words["gone"], parts)]
            case _:
                # A type of block that this code does not know any more still says what it said.
                return [paragraph(text) for text in _texts(value)]

    def _scenario(self, story: Json, *, label: str, verdict: str) -> Json:
        words = self.words
        parts: list[tuple[str, list[Json]]] = []
        for passage in passages(story):
            body = [*flow(passage.feedback), *flow(passage.text)]
            if passage.choices:
                items = [
                    {
                        "runs": runs_of(choice.text),
                        "mark": LETTERS[place % len(LETTERS)],
                        "to": words["turn_to"] % {"number": choice.to},
                        "arrow": words["onward"],
                    }
                    for place, choice in enumerate(passage.choices)
                ]
                body.append({"kind": "choices", "items": items})
            elif passage.goes_on_at:
                body.append(paragraph(words["go_on_at"] % {"number": passage.goes_on_at}, italic=True))
            elif verdict:
                body.append(paragraph(verdict, bold=True))
            parts.append((str(passage.number), body))
        return self._box("scenario", label, story.get("title") or "", parts)

    def _check(self, question: Json) -> Json:
        words = self.words
        if question["type"] == "reflection":
            parts = [("", flow(question["stem"])), ("", flow(question["feedback"]))]
            return self._box("reflection", words["think"], "", parts)
        if question["type"] == "scenario":
            parts = [("", flow(question["stem"]))]
            played = self._scenario({**question, "code": question["key"]}, label="", verdict="")
            played["parts"] = [{"label": label, "body": body} for label, body in parts if body] + played["parts"]
            return {**played, "label": words["practice"]}
        number = len(self.answers) + 1
        name = words["question"] % {"number": number}
        asked, answer = _asked_and_answered(question, words)
        self.answers.append({"label": name, "body": answer})
        return self._box("check", words["practice"], name, [("", [*flow(question["stem"]), *asked])])


def _asked_and_answered(question: Json, words: Words) -> tuple[list[Json], list[Json]]:
    """Return the nodes that ask a question below its stem, and those that answer it."""
    ordered = order_question(question, seed="")
    place = {name: index for index, name in enumerate(ordered["order"])}
    why = flow(question["feedback"])
    match question["type"]:
        case "single" | "multiple":
            options = sorted(question["options"], key=lambda option: place[option["id"]])
            asked: list[Json] = []
            if question["type"] == "multiple":
                asked.append(paragraph(words["several"], italic=True))
            asked.append(marked((LETTERS[i], runs_of(option["text"])) for i, option in enumerate(options)))
            right = words["comma"].join(LETTERS[i] for i, option in enumerate(options) if option["correct"])
            each = [(LETTERS[i], runs_of(option["feedback"])) for i, option in enumerate(options) if option["feedback"]]
            return asked, [
                paragraph(words["right"] % {"answer": right}, bold=True),
                *([marked(each)] if each else []),
                *why,
            ]
        case "true_false":
            answer = words["true"] if question["answer"] else words["false"]
            asked = [marked([("A", [run(words["true"])]), ("B", [run(words["false"])])])]
            return asked, [paragraph(words["right"] % {"answer": answer}, bold=True), *why]
        case "ordering":
            items = sorted(question["items"], key=lambda item: place[item["id"]])
            asked = [
                paragraph(words["put_in_order"], italic=True),
                marked((LETTERS[i], runs_of(item["text"])) for i, item in enumerate(items)),
            ]
            letter = {item["id"]: LETTERS[i] for i, item in enumerate(items)}
            right = words["comma"].join(letter[item["id"]] for item in question["items"])
            return asked, [paragraph(words["right"] % {"answer": right}, bold=True), *why]
        case "matching":
            rights = sorted(question["pairs"], key=lambda pair: place[pair["right_id"]])
            letter = {pair["right_id"]: LETTERS[i] for i, pair in enumerate(rights)}
            asked = [
                paragraph(words["match"], italic=True),
                {"kind": "list", "ordered": True, "items": [runs_of(pair["left"]) for pair in question["pairs"]]},
                marked((LETTERS[i], runs_of(pair["right"])) for i, pair in enumerate(rights)),
            ]
            pairs = words["comma"].join(
                f"{n}–{letter[pair['right_id']]}" for n, pair in enumerate(question["pairs"], start=1)
            )
            return asked, [paragraph(words["right"] % {"answer": pairs}, bold=True), *why]
        case _:
            return [], why


def marked(items: Iterable[tuple[str, list[Json]]]) -> Json:
    """Return lettered lines."""
    return {"kind": "choices", "items": [{"mark": mark, "runs": runs, "to": ""} for mark, runs in items]}


def source_text(source: Json) -> str:
    """Return a source as one line: title, publisher, date, what to bear in mind."""
    parts = (source["title"], source["publisher"], source["published"], source["caveat"])
    return ". ".join(part.strip().rstrip(".") for part in parts if part and part.strip()) + "."


def _end_of(shown: list[Json]) -> list[Json]:
    """Return the nodes behind which something about all of ``shown`` is said: what fills a slide takes it along."""
    last = shown[-1] if shown else {}
    if last.get("kind") == "section":
        return last["body"]  # type: ignore[no-any-return]  # nodes, as in every section
    is_panel = last.get("look") in _PANELS and bool(last["parts"])
    return last["parts"][-1]["body"] if is_panel else shown


def _plain_list(lines: Sequence[str]) -> Json:
    return {"kind": "list", "ordered": False, "items": [[run(line)] for line in lines]}


def _texts(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield from (text_of_runs(node["runs"]) for node in flow(value) if "runs" in node)
        case Mapping():
            for part in value.values():
                yield from _texts(part)
        case Sequence():
            for part in value:
                yield from _texts(part)
