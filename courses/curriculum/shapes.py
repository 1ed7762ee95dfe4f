"""From trees to values: the shape of each file, field by field, as the format document has it.

Everything here looks at one mapping at a time; what one file says about another is in ``references``.
"""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Final

from assessments.frozen import DIFFICULTIES, PAPER_TYPES, QUESTION_TYPES
from assessments.scenarios import ScenarioFault, scenario_problems
from courses.addresses import OF_COURSES, OF_SITE
from courses.curriculum.fields import MAX_TITLE_CHARS, Fields, Name, Use
from courses.curriculum.schema import (
    CLAIM_KINDS,
    EXPLOITATION_KINDS,
    REVIEW_KINDS,
    REVIEW_OWNERS,
    SERVICE_KINDS,
    TIERS,
    TONES,
    VERDICTS,
    AttestationBlock,
    Audience,
    Block,
    BlueprintRow,
    CalloutBlock,
    Certification,
    CheckBlock,
    Choice,
    Claim,
    Course,
    CriticalRule,
    DoNeverBlock,
    FigureBlock,
    HelpNowBlock,
    ImageBlock,
    Lesson,
    Node,
    Objective,
    Option,
    Pair,
    Question,
    Quiz,
    ReflectionBlock,
    ReviewDate,
    ScenarioBlock,
    Sector,
    Service,
    SignBlock,
    Source,
    TextBlock,
    TwoWaysBlock,
    Way,
)
from translations.glossary import Audience as TermAudience
from translations.glossary import Term

MIN_LESSON_MINUTES: Final = 3
MAX_LESSON_MINUTES: Final = 8
IMAGE_SUFFIXES: Final = (".svg", ".png", ".jpg", ".webp")

_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Z][a-z]{3})?(?:-[A-Z]{2})?")
_MAX_NOTE_CHARS = 300
_FILE_NAME = re.compile(r"[a-z0-9][a-z0-9-]*\.[a-z]+")
_NODE_ID = re.compile(r"[a-z0-9-]{1,20}")


def read_sectors(fields: Fields) -> tuple[tuple[Sector, ...], tuple[Audience, ...]]:
    """Return what ``sectors.yaml`` holds."""
    sectors, audiences = [], []
    for each in fields.children("sectors"):
        sectors.append(
            Sector(
                at=each.at(),
                code=each.code(gives="sector"),
                slug=each.code("slug", gives="sector slug"),
                title=each.title(),
                summary=each.text("summary"),
            )
        )
        each.finish()
    for each in fields.children("audiences"):
        audiences.append(Audience(at=each.at(), code=each.code(gives="audience"), title=each.title()))
        each.finish()
    fields.finish()
    return tuple(sectors), tuple(audiences)


def read_services(fields: Fields) -> tuple[Service, ...]:
    """Return what ``services.yaml`` holds."""
    services = tuple(_read_service(each) for each in fields.children("services"))
    fields.finish()
    return services


def _read_service(fields: Fields) -> Service:
    service = Service(
        at=fields.at(),
        code=fields.code(gives="service"),
        name=fields.title("name", use=Use.NAME),
        kind=fields.one_of("kind", SERVICE_KINDS),
        phone=fields.text("phone", use=Use.NAME, empty=True, max_chars=40),
        text=fields.text("text", use=Use.NAME, empty=True, max_chars=120),
        hours=fields.text("hours", use=Use.NAME, empty=True, max_chars=200),
        languages=fields.text("languages", use=Use.NAME, empty=True, max_chars=300),
        coverage=_read_coverage(fields),
        audiences=fields.codes("audiences"),
        is_police=fields.flag("is_police", required=True),
        is_government=fields.flag("is_government", required=True),
        what_happens=fields.text("what_happens", markdown=True),
        source=fields.code("source", uses="source"),
        verified_on=fields.day("verified_on"),
        review_by=fields.day("review_by"),
        position=fields.integer("position", least=0, most=32_767),
    )
    _check_review(fields, service)
    fields.finish()
    return service


def _read_coverage(fields: Fields, key: str = "coverage") -> str:
    place = fields.text(key, use=Use.NAME, empty=True, max_chars=20)
    if place and not re.fullmatch(r"[a-z]{2}(?:-[a-z0-9]+)*", place):
        fields.report(f'"{key}" has to be a place such as ca or ca-bc, or "" for everywhere', key)
    return place


def read_claims(fields: Fields) -> tuple[Claim, ...]:
    """Return what ``claims.yaml`` holds."""
    claims = tuple(_read_claim(each) for each in fields.children("claims"))
    fields.finish()
    return claims


def _read_claim(fields: Fields) -> Claim:
    claim = Claim(
        at=fields.at(),
        code=fields.code(gives="claim"),
        kind=fields.one_of("kind", CLAIM_KINDS),
        value=fields.text("value", use=Use.NAME, max_chars=600),
        period=fields.text("period", use=Use.NAME, empty=True, max_chars=80),
        place=_read_coverage(fields, "place"),
        source=fields.code("source", uses="source"),
        caveat=fields.text("caveat", use=Use.NAME, empty=True, max_chars=600),
        verified_on=fields.day("verified_on"),
        review_by=fields.day("review_by"),
    )
    _check_review(fields, claim)
    fields.finish()
    return claim


def _check_review(fields: Fields, dated: Service | Source | Claim) -> None:
    if dated.verified_on >= dated.review_by and fields.has("verified_on") and fields.has("review_by"):
        fields.report('"review_by" has to be later than "verified_on"', "review_by")


def read_glossary(fields: Fields, language: str) -> tuple[Term, ...]:
    """Return what the glossary of ``language`` holds."""
    terms: dict[tuple[str, str], Term] = {}
    for each in fields.children("terms"):
        concept = each.code("concept")
        audience = each.one_of("audience", [kind.value for kind in TermAudience if kind.value], required=False)
        preferred = each.text("preferred", required=False, max_chars=MAX_TITLE_CHARS)
        avoided = each.texts("avoided", least=0, max_chars=MAX_TITLE_CHARS)
        note = each.text("note", required=False, max_chars=_MAX_NOTE_CHARS)
        if not preferred and not avoided:
            each.report("a term has a preferred word, or words to avoid")
        if any(not word.strip("* ") for word in avoided):
            each.report('"avoided" holds "*" alone', "avoided")
        if (concept, audience) in terms:
            each.report(f'"{concept}" is given twice for the same audience', "concept")
        terms[concept, audience] = Term(language, concept, TermAudience(audience), preferred, avoided, note)
        each.finish()
    fields.finish()
    return tuple(terms.values())


def read_sources(fields: Fields) -> tuple[Source, ...]:
    """Return what a ``sources.yaml`` holds."""
    sources = tuple(_read_source(each) for each in fields.children("sources"))
    fields.finish()
    return sources


def _read_source(fields: Fields) -> Source:
    source = Source(
        at=fields.at(),
        code=fields.code(gives="source"),
        title=fields.text("title", use=Use.NAME, max_chars=300),
        publisher=fields.text("publisher", use=Use.NAME, max_chars=200),
        published=fields.text("published", use=Use.NAME, empty=True, max_chars=40),
        url=fields.text("url", use=Use.NAME, empty=True, max_chars=400),
        verified_on=fields.day("verified_on"),
        review_by=fields.day("review_by"),
        caveat=fields.text("caveat", use=Use.NAME, empty=True),
    )
    _check_review(fields, source)
    fields.finish()
    return source


def read_course(fields: Fields, folder: Path) -> Course:
    """Return what ``course.yaml`` holds; lessons, questions, sources and texts are added by the reader."""
    tier = fields.one_of("tier", TIERS)
    recorded = tier == "recorded" or not tier
    minimum_minutes = fields.integer("minimum_minutes", least=0, most=600, required=False)
    if minimum_minutes and not recorded:
        fields.report('"minimum_minutes" is for the recorded tier only', "minimum_minutes")
    certification = fields.child("certification", required=False)
    if certification is not None and not recorded:
        fields.report('"certification" is for the recorded tier only', "certification")
    quiz, reviews = fields.child("quiz"), fields.child("reviews")
    review_date = fields.child("review_date", required=False)
    course = Course(
        at=fields.at(),
        folder=folder,
        code=fields.code(gives="course"),
        slug=fields.code("slug", gives="course slug"),
        title=fields.title(),
        full_title=fields.title("full_title", use=Use.NAME),
        summary=fields.text("summary"),
        sector=fields.code("sector", uses="sector"),
        audiences=fields.codes("audiences", uses="audience"),
        tier=tier,
        language=_read_language(fields),
        minutes=fields.integer("minutes", least=1, most=600),
        minimum_minutes=minimum_minutes,
        exploitation=fields.some_of("exploitation", EXPLOITATION_KINDS),
        content_note=fields.text("content_note"),
        outcomes=fields.texts("outcomes", least=4, most=8, max_chars=200),
        objectives=tuple(_read_objective(each) for each in fields.children("objectives")),
        critical_rules=tuple(_read_rule(each) for each in fields.children("critical_rules")),
        missing_reviews=reviews.codes("missing", least=0) if reviews else (),
        required_reviews=reviews.some_of("required", REVIEW_KINDS) if reviews and reviews.has("required") else (),
        review_date=_read_review_date(review_date) if review_date else None,
        quiz=_read_quiz(quiz) if quiz else None,
        certification=_read_certification(certification) if certification else None,
        lessons=(),
        questions=(),
        sources=(),
        texts=(),
    )
    if reviews:
        reviews.finish()
    if course.minutes and minimum_minutes > course.minutes:
        fields.report('"minimum_minutes" is more than "minutes"', "minimum_minutes")
    if course.slug in OF_SITE:
        fields.report('"slug" is the address of another page of the site; choose another word', "slug")
    fields.finish()
    return course


def _read_review_date(fields: Fields) -> ReviewDate:
    found = ReviewDate(
        at=fields.at(),
        reviewed_on=fields.day("reviewed_on"),
        review_by=fields.day("review_by"),
        grace_days=fields.integer("grace_days", least=0, most=730),
        owner=fields.one_of("owner", REVIEW_OWNERS),
    )
    if found.reviewed_on >= found.review_by and fields.has("reviewed_on") and fields.has("review_by"):
        fields.report('"review_by" has to be later than "reviewed_on"', "review_by")
    fields.finish()
    return found


def _read_language(fields: Fields) -> str:
    language = fields.text("language", use=Use.NAME)
    if language and not _LANGUAGE.fullmatch(language):
        fields.report('"language" has to be a language tag such as en or pa-Guru', "language")
    return language


def _read_objective(fields: Fields) -> Objective:
    objective = Objective(at=fields.at(), code=fields.code(gives="objective"), text=fields.text("text", max_chars=300))
    fields.finish()
    return objective


def _read_rule(fields: Fields) -> CriticalRule:
    rule = CriticalRule(
        at=fields.at(),
        code=fields.code(gives="rule"),
        text=fields.text("text", max_chars=300),
        passage=fields.code("passage", uses="lesson"),
    )
    fields.finish()
    return rule


def _read_quiz(fields: Fields) -> Quiz:
    quiz = Quiz(
        at=fields.at(),
        code=fields.code(gives="quiz"),
        title=fields.title(),
        pass_percent=fields.integer("pass_percent", least=1, most=100),
        max_false_alarms=fields.integer("max_false_alarms", least=0, most=100),
        blueprint=tuple(_read_blueprint_row(each) for each in fields.children("blueprint")),
    )
    fields.finish()
    return quiz


def _read_blueprint_row(fields: Fields) -> BlueprintRow:
    kinds = [name for name in ("critical", "objective", "innocent") if fields.has(name)]
    row = BlueprintRow(
        at=fields.at(),
        n=fields.integer("n", least=1, most=50),
        critical=fields.code("critical", uses="rule", required=False),
        objective=fields.code("objective", uses="objective", required=False),
        difficulty=fields.one_of("difficulty", DIFFICULTIES, required=False),
        innocent=fields.flag("innocent"),
    )
    if len(kinds) != 1:
        fields.report('a row has exactly one of "critical", "objective", "innocent"')
    elif fields.has("difficulty") and kinds != ["objective"]:
        fields.report('"difficulty" stands beside "objective" only', "difficulty")
    elif kinds == ["innocent"] and not row.innocent:
        fields.report('"innocent" has to be true here', "innocent")
    fields.finish()
    return row


def _read_certification(fields: Fields) -> Certification:
    certification = Certification(
        at=fields.at(),
        code=fields.code(gives="certification"),
        title=fields.title(),
        validity_months=fields.integer("validity_months", least=1, most=600),
        window_months=fields.integer("window_months", least=0, most=600),
    )
    if certification.validity_months and certification.window_months >= certification.validity_months:
        fields.report('"window_months" has to be less than "validity_months"', "window_months")
    fields.finish()
    return certification


def read_lesson(fields: Fields) -> Lesson:
    """Return what a lesson's file holds; texts are added by the reader."""
    lesson = Lesson(
        at=fields.at(),
        code=fields.code(gives="lesson"),
        title=fields.title(),
        minutes=fields.integer("minutes", least=MIN_LESSON_MINUTES, most=MAX_LESSON_MINUTES),
        objectives=fields.codes("objectives", uses="objective"),
        content_note=fields.text("content_note"),
        sources=fields.codes("sources", uses="source"),
        body=tuple(block for each in fields.children("body") if (block := _read_block(each)) is not None),
        texts=(),
    )
    if lesson.code in OF_COURSES:
        fields.report('"code" is the address of another page of each course; choose another word', "code")
    fields.finish()
    return lesson


def _read_block(fields: Fields) -> Block | None:
    kind = fields.one_of("type", tuple(_BLOCKS))
    if not kind:
        # The fields of a block of unknown type cannot be judged.
        fields.skip_all()
        fields.finish()
        return None
    block = _BLOCKS[kind](fields)
    fields.finish()
    return block


def _read_text_block(fields: Fields) -> TextBlock:
    return TextBlock(
        at=fields.at(),
        heading=fields.text("heading", max_chars=MAX_TITLE_CHARS),
        text=fields.text("text", markdown=True),
        claims=_read_claims(fields),
    )


def _read_callout(fields: Fields) -> CalloutBlock:
    return CalloutBlock(
        at=fields.at(),
        tone=fields.one_of("tone", TONES),
        title=fields.text("title", max_chars=MAX_TITLE_CHARS),
        text=fields.text("text", markdown=True),
        claims=_read_claims(fields),
    )


def _read_claims(fields: Fields) -> tuple[str, ...]:
    return fields.codes("claims", uses="claim", least=0) if fields.has("claims") else ()


def _read_figure(fields: Fields) -> FigureBlock:
    return FigureBlock(
        at=fields.at(),
        text=fields.text("text", use=Use.FIGURE, markdown=True),
        caveat=fields.text("caveat", use=Use.FIGURE, max_chars=400),
        source=fields.code("source", uses="source"),
        claims=_read_claims(fields),
    )


def _read_sign(fields: Fields) -> SignBlock:
    return SignBlock(
        at=fields.at(), sign=fields.text("sign", use=Use.SIGN), also=fields.text("also"), do=fields.text("do")
    )


def _read_do_never(fields: Fields) -> DoNeverBlock:
    return DoNeverBlock(
        at=fields.at(), do=fields.texts("do", max_chars=200), never=fields.texts("never", use=Use.NEVER, max_chars=200)
    )


def _read_two_ways(fields: Fields) -> TwoWaysBlock:
    return TwoWaysBlock(
        at=fields.at(),
        work=_read_way(fields, "work", services=False),
        boss=_read_way(fields, "boss", services=True),
    )


def _read_way(fields: Fields, key: str, *, services: bool) -> Way:
    side = fields.child(key)
    if side is None:
        return Way(at=fields.at(key), title="", text="", services=())
    way = Way(
        at=side.at(),
        title=side.text("title", max_chars=80),
        text=side.text("text", markdown=True),
        services=side.codes("services", uses="service") if services else (),
    )
    side.finish()
    return way


def _read_scenario(fields: Fields) -> ScenarioBlock:
    start, nodes = _read_graph(fields, scored=False)
    return ScenarioBlock(
        at=fields.at(),
        code=fields.code(gives="scenario"),
        title=fields.text("title", max_chars=MAX_TITLE_CHARS),
        verdict=fields.one_of("verdict", VERDICTS),
        start=start,
        nodes=nodes,
    )


def _read_check(fields: Fields) -> CheckBlock:
    return CheckBlock(at=fields.at(), question=fields.code("question", uses="question"))


def _read_attestation(fields: Fields) -> AttestationBlock:
    return AttestationBlock(at=fields.at(), text=fields.text("text", max_chars=300))


def _read_reflection(fields: Fields) -> ReflectionBlock:
    return ReflectionBlock(at=fields.at(), prompt=fields.text("prompt", max_chars=300))


def _read_help_now(fields: Fields) -> HelpNowBlock:
    return HelpNowBlock(
        at=fields.at(),
        title=fields.text("title", max_chars=MAX_TITLE_CHARS),
        services=fields.codes("services", uses="service"),
    )


def _read_image(fields: Fields) -> ImageBlock:
    file = fields.text("file", use=Use.NAME)
    if file and not (_FILE_NAME.fullmatch(file) and file.endswith(IMAGE_SUFFIXES)):
        fields.report(
            f'"file" has to be the name of a file in media/, in small letters, one of {", ".join(IMAGE_SUFFIXES)}',
            "file",
        )
        file = ""
    if file:
        fields.sheet.used.append(Name(fields.at("file"), "media", file))
    return ImageBlock(
        at=fields.at(),
        file=file,
        alt=fields.text("alt", max_chars=250),
        caption=fields.text("caption", required=False, empty=True, max_chars=250),
    )


_BLOCKS: Final[dict[str, Callable[[Fields], Block]]] = {
    "text": _read_text_block,
    "callout": _read_callout,
    "figure": _read_figure,
    "sign": _read_sign,
    "do_never": _read_do_never,
    "two_ways": _read_two_ways,
    "scenario": _read_scenario,
    "check": _read_check,
    "attestation": _read_attestation,
    "reflection": _read_reflection,
    "help_now": _read_help_now,
    "image": _read_image,
}


def _read_graph(fields: Fields, *, scored: bool) -> tuple[str, tuple[Node, ...]]:
    """Return start and nodes of a scenario, its graph checked when all of it could be read."""
    before = len(fields.sheet.problems)
    start = _read_node_id(fields, "start")
    nodes = tuple(_read_node(each, scored=scored) for each in fields.children("nodes"))
    if len(fields.sheet.problems) > before or not start or not nodes:
        return start, nodes
    for problem in scenario_problems(start, [(node.id, [choice.next for choice in node.choices]) for node in nodes]):
        place = fields.at("start")
        if problem.node is not None:
            node = nodes[problem.node]
            place = node.at if problem.choice is None else node.choices[problem.choice].at
        fields.sheet.report(place.line, _GRAPH_MESSAGES[problem.fault].format(problem.most or problem.name))
    return start, nodes


_GRAPH_MESSAGES: Final = {
    ScenarioFault.TOO_MANY: "{} is the limit of nodes in a scenario, and of choices at one",
    ScenarioFault.REPEATED_NODE: 'node "{}" is there twice',
    ScenarioFault.UNKNOWN_START: '"start" names node "{}", which is not there',
    ScenarioFault.UNKNOWN_NEXT: '"next" names node "{}", which is not there',
    ScenarioFault.UNREACHABLE: 'no choice leads to node "{}"',
    ScenarioFault.CYCLE: 'this choice leads back to node "{}": the scenario never ends',
}


def _read_node_id(fields: Fields, key: str) -> str:
    name = fields.text(key, use=Use.NAME)
    if name and not _NODE_ID.fullmatch(name):
        fields.report(f'"{key}" has to be a short name such as a', key)
        return ""
    return name


def _read_node(fields: Fields, *, scored: bool) -> Node:
    node = Node(
        at=fields.at(),
        id=_read_node_id(fields, "id"),
        text=fields.text("text", markdown=True),
        choices=tuple(_read_choice(each, scored=scored) for each in fields.children("choices", least=0)),
    )
    fields.finish()
    return node


def _read_choice(fields: Fields, *, scored: bool) -> Choice:
    choice = Choice(
        at=fields.at(),
        text=fields.text("text", use=Use.CHOICE, max_chars=300),
        next=_read_node_id(fields, "next"),
        feedback=fields.text("feedback", markdown=True),
        credit=fields.credit("credit") if scored else 0,
    )
    fields.finish()
    return choice


def read_bank(fields: Fields) -> tuple[Question, ...]:
    """Return what ``bank.yaml`` holds."""
    questions = [_read_question(each) for each in fields.children("questions")]
    fields.finish()
    return tuple(question for question in questions if question is not None)


def _read_question(fields: Fields) -> Question | None:
    code = fields.code(gives="question")
    kind = fields.one_of("type", QUESTION_TYPES)
    if not kind:
        fields.skip_all()
        fields.finish()
        return None
    use = fields.one_of("use", ("paper", "practice"))
    critical = fields.code("critical", uses="rule", required=False)
    innocent = fields.flag("innocent")
    if use == "paper" and kind not in PAPER_TYPES:
        fields.report(f"{kind} is for practice only", "use")
    if critical and kind == "true_false":
        fields.report("true_false is never critical", "critical")
    if critical and innocent:
        fields.report('a question is "critical" or "innocent" or neither, not both', "innocent")
    options = _read_options(fields, kind, innocent=innocent) if kind in ("single", "multiple") else ()
    start, nodes = _read_graph(fields, scored=True) if kind == "scenario" else ("", ())
    if nodes and not any(choice.credit for node in nodes for choice in node.choices):
        fields.report("no choice of this scenario earns any credit")
    question = Question(
        at=fields.at(),
        code=code,
        type=kind,
        use=use,
        objective=fields.code("objective", uses="objective"),
        difficulty=fields.one_of("difficulty", DIFFICULTIES),
        critical=critical,
        innocent=innocent,
        situation=fields.code("situation", required=bool(critical)),
        passage=fields.code("passage", uses="lesson"),
        # A scenario speaks in its nodes and answers in their feedback; a reflection has no right answer.
        stem=fields.text("stem", markdown=True, required=kind != "scenario"),
        feedback=fields.text("feedback", markdown=True, required=kind not in ("scenario", "reflection")),
        options=options,
        answer=fields.flag("answer", required=True) if kind == "true_false" else None,
        items=fields.texts("items", least=3, most=8) if kind == "ordering" else (),
        pairs=_read_pairs(fields) if kind == "matching" else (),
        start=start,
        nodes=nodes,
    )
    fields.finish()
    return question


def _read_options(fields: Fields, kind: str, *, innocent: bool) -> tuple[Option, ...]:
    least, most = (3, 4) if kind == "single" else (4, 6)
    options: list[Option] = []
    for each in fields.children("options", least=least, most=most):
        option = Option(
            at=each.at(),
            text=each.text("text", use=Use.CHOICE),
            correct=each.flag("correct"),
            alarm=each.flag("alarm"),
            feedback=each.text("feedback", markdown=True, required=False),
        )
        if option.text and option.text in (other.text for other in options):
            each.report("two options say the same")
        if option.alarm and not innocent:
            each.report('"alarm" is for innocent questions only', "alarm")
        if option.alarm and option.correct:
            each.report('a right option raises no "alarm"', "alarm")
        each.finish()
        options.append(option)
    if len(options) >= least:
        _check_right_options(fields, kind, options)
    return tuple(options)


def _check_right_options(fields: Fields, kind: str, options: list[Option]) -> None:
    right = sum(option.correct for option in options)
    if kind == "single" and right != 1:
        fields.report(f"{right} options are correct; a single choice has exactly one", "options")
    if kind == "multiple" and (right < 2 or right == len(options)):
        fields.report(f"{right} options are correct; a multiple choice has two or more, and a wrong one", "options")


def _read_pairs(fields: Fields) -> tuple[Pair, ...]:
    pairs: list[Pair] = []
    for each in fields.children("pairs", least=2, most=8):
        pair = Pair(at=each.at(), left=each.text("left"), right=each.text("right"))
        if any(pair.left == other.left or pair.right == other.right for other in pairs):
            each.report("two pairs share a side: nobody could tell them apart")
        each.finish()
        pairs.append(pair)
    return tuple(pairs)
