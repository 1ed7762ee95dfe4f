"""A small sound curriculum as text, and ways to break one thing in it."""

from pathlib import Path

MARK = "◀"
"""In a replacement: the problem is expected on this line."""

SECTORS = """\
sectors:
  - {code: hospitality, slug: hotels-and-restaurants, title: Hotels and restaurants, summary: "For hotels."}
audiences:
  - {code: hotel-staff, title: Hotel staff}
"""

SERVICES = """\
services:
  - code: emergency
    name: 911 emergency
    kind: emergency
    phone: "911"
    text: ""
    hours: ""
    languages: ""
    coverage: ca
    audiences: [witness]
    is_police: true
    is_government: true
    what_happens: Say where you are.
    source: scan-2024
    verified_on: 2026-11-22
    review_by: 2027-02-20
    position: 10
  - code: ca-hotline
    name: Hotline
    kind: confidential-line
    phone: "1-833-900-1010"
    text: ""
    hours: ""
    languages: ""
    coverage: ""
    audiences: [witness, worker]
    is_police: false
    is_government: false
    what_happens: |
      A charity answers.
    source: scan-2024
    verified_on: 2026-11-22
    review_by: 2027-02-20
    position: 20
  - code: tips
    name: Tips
    kind: anonymous-tips
    phone: "1-800-222-8477"
    text: ""
    hours: ""
    languages: ""
    coverage: ""
    audiences: [witness]
    is_police: false
    is_government: false
    what_happens: |
      Takes tips.
    source: scan-2024
    verified_on: 2026-11-22
    review_by: 2027-02-20
    position: 90
"""

SOURCES = """\
sources:
  - code: scan-2024
    title: Landscape scan
    publisher: A network
    published: "2024-12"
    url: ""
    verified_on: 2026-11-22
    review_by: 2027-11-22
    caveat: ""
"""

COURSE = """\
code: hospitality
slug: hotel-work
title: Safe and fair work in hotels
full_title: Recognising and responding to human trafficking in hotels
summary: For everybody who works in a hotel.
sector: hospitality
audiences: [hotel-staff]
tier: recorded
language: en
minutes: 7
minimum_minutes: 5
exploitation: [labour, sexual]
content_note: It talks about control.
outcomes:
  - notice signs
  - note facts
  - act in order
  - ask for help
objectives:
  - {code: note, text: "Note facts"}
critical_rules:
  - {code: emergency-first, text: "Danger now: call 911 first", passage: act}
reviews:
  missing: [survivors, lawyer]
quiz:
  code: hospitality-final
  title: Check what you learnt
  pass_percent: 80
  max_false_alarms: 1
  blueprint:
    - {critical: emergency-first, n: 1}
    - {objective: note, n: 1}
    - {objective: note, difficulty: hard, n: 1}
    - {innocent: true, n: 1}
certification:
  code: hospitality
  title: Safe and fair work in hotels
  validity_months: 36
  window_months: 3
"""

LESSON_SIGNS = """\
code: signs
title: What you may notice
minutes: 3
objectives: [note]
content_note: It describes control.
sources: [scan-2024, hos-guide]
body:
  - {type: text, heading: "Three questions", text: "One **idea** at a time."}
  - {type: callout, tone: note, title: "Slow down", text: "Look twice."}
  - {type: figure, text: "Police recorded **570** incidents.", caveat: "Most are never reported.", source: scan-2024}
  - type: sign
    sign: One person answers every question for another.
    also: "It may also be shyness, a shared language, or a carer helping."
    do: "Note what was said."
  - type: scenario
    code: four-rooms
    title: Four rooms
    verdict: innocent
    start: a
    nodes:
      - id: a
        text: A crew books four rooms.
        choices:
          - {text: "Give them the keys", next: b, feedback: "Nothing speaks against it."}
          - {text: "Watch them all night", next: c, feedback: "There is no reason to."}
      - {id: b, text: "They sleep well."}
      - {id: c, text: "They notice, and leave."}
  - {type: check, question: hos-order}
  - {type: image, file: door.svg, alt: "A door", caption: "The side door"}
  - {type: reflection, prompt: "What would you note?"}
  - {type: help_now, title: "If you need help", services: [emergency, ca-hotline]}
"""

LESSON_ACT = """\
code: act
title: What to do, step by step
minutes: 4
objectives: [note]
content_note: It describes an emergency.
sources: [scan-2024]
body:
  - type: text
    heading: In order
    text: |
      Danger now: call 911.

      Otherwise tell your manager what you saw.
  - type: two_ways
    work: {title: "Tell the manager on duty", text: "Give time, place and words."}
    boss: {title: "If your boss is part of it", text: "Call the hotline from your phone.", services: [ca-hotline]}
  - {type: attestation, text: "I have read the steps."}
  - type: do_never
    do: ["Call 911 if someone is in danger now"]
    never: ["Confront anybody", "Try to rescue somebody"]
"""

COURSE_SOURCES = """\
sources:
  - code: hos-guide
    title: A guide
    publisher: An association
    published: ""
    url: ""
    verified_on: 2026-11-22
    review_by: 2027-11-22
    caveat: "Read in excerpts."
"""

BANK = """\
questions:
  - code: hos-emergency-1
    type: single
    use: paper
    objective: note
    difficulty: easy
    critical: emergency-first
    situation: lobby
    passage: act
    stem: Somebody shouts for help.
    feedback: 911 comes first.
    options:
      - {text: "Call 911", correct: true}
      - {text: "Write it down", feedback: "Later."}
      - {text: "Go in alone", feedback: "It is not safe."}
  - {code: hos-emergency-2, type: multiple, use: paper, objective: note, difficulty: medium,
     critical: emergency-first, situation: kitchen, passage: act,
     stem: "In the kitchen.", feedback: "Why.",
     options: [{text: "One", correct: true},
               {text: "Two", correct: true},
               {text: "Three", feedback: "Why."},
               {text: "Four", feedback: "Why."}]}
  - {code: hos-emergency-3, type: single, use: paper, objective: note, difficulty: hard,
     critical: emergency-first, situation: parking, passage: act,
     stem: "Outside.", feedback: "Why.",
     options: [{text: "One", feedback: "Why."},
               {text: "Two", correct: true},
               {text: "Three", feedback: "Why."}]}
  - {code: hos-log-1, type: single, use: paper, objective: note, difficulty: easy, passage: signs,
     stem: "Which note helps?", feedback: "Facts.",
     options: [{text: "One", feedback: "Why."},
               {text: "Two", correct: true},
               {text: "Three", feedback: "Why."}]}
  - {code: hos-log-2, type: true_false, use: paper, objective: note, difficulty: easy, passage: signs,
     stem: "A guess is a fact.", answer: false, feedback: "It is not."}
  - {code: hos-log-3, type: single, use: paper, objective: note, difficulty: hard, passage: signs,
     stem: "And now?", feedback: "Facts.",
     options: [{text: "One", feedback: "Why."},
               {text: "Two", feedback: "Why."},
               {text: "Three", correct: true}]}
  - code: hos-talk
    type: scenario
    use: paper
    objective: note
    difficulty: hard
    passage: signs
    start: a
    nodes:
      - id: a
        text: A guest begins to talk.
        choices:
          - {text: "Listen", next: b, credit: 1, feedback: "Yes."}
          - {text: "Walk off", next: b, credit: 0, feedback: "No."}
          - {text: "Wait", next: b, credit: 0.5, feedback: "Perhaps."}
      - {id: b, text: "It ends."}
  - {code: hos-innocent-1, type: single, use: paper, objective: note, difficulty: easy,
     innocent: true, passage: signs,
     stem: "A tired family.", feedback: "Tired.",
     options: [{text: "Good night", correct: true},
               {text: "Call 911", alarm: true, feedback: "Nothing happened."},
               {text: "Wait", feedback: "For what?"}]}
  - {code: hos-innocent-2, type: single, use: paper, objective: note, difficulty: easy,
     innocent: true, passage: signs,
     stem: "A shy guest.", feedback: "Shy.",
     options: [{text: "Report", alarm: true, feedback: "Nothing happened."},
               {text: "Smile", correct: true},
               {text: "Wait", feedback: "For what?"}]}
  - {code: hos-order, type: ordering, use: practice, objective: note, difficulty: easy, passage: act,
     stem: "In which order?", feedback: "So.",
     items: ["first", "second", "third"]}
  - {code: hos-match, type: matching, use: practice, objective: note, difficulty: easy, passage: act,
     stem: "What goes together?", feedback: "So.",
     pairs: [{left: "a", right: "1"}, {left: "b", right: "2"}]}
  - {code: hos-think, type: reflection, use: practice, objective: note, difficulty: easy, passage: act,
     stem: "What would you do?"}
"""

PICTURE = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="30" viewBox="0 0 40 30"><path d="M0 0h9v9z"/></svg>'
)

FILES = {
    "sectors.yaml": SECTORS,
    "services.yaml": SERVICES,
    "sources.yaml": SOURCES,
    "hospitality/course.yaml": COURSE,
    "hospitality/sources.yaml": COURSE_SOURCES,
    "hospitality/bank.yaml": BANK,
    "hospitality/lessons/01-signs.yaml": LESSON_SIGNS,
    "hospitality/lessons/02-act.yaml": LESSON_ACT,
    "hospitality/media/door.svg": "<svg/>",
}

SHORT = {
    "course": "hospitality/course.yaml",
    "bank": "hospitality/bank.yaml",
    "signs": "hospitality/lessons/01-signs.yaml",
    "act": "hospitality/lessons/02-act.yaml",
}


def write(root: Path, **changes: str | None) -> Path:
    """Write the sound curriculum into ``root``; ``changes`` gives texts by path, None leaves a file out."""
    for path, text in {**FILES, **changes}.items():
        if text is not None:
            file = root / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
    return root


def broken(file: str, old: str, new: str) -> tuple[str, str, int]:
    """Return (path, text, line) of a file with ``old`` replaced once; the line is the one marked in ``new``."""
    path = SHORT.get(file, file)
    assert FILES[path].count(old) == 1, f"{FILES[path].count(old)} times in {path}: {old}"
    text = FILES[path].replace(old, new)
    line = text.partition(MARK)[0].count("\n") + 1
    return path, text.replace(MARK, ""), line
