"""A value of each type of block, as an edition freezes it, with words to look for on the page."""

from typing import Any

FILE = {
    "sha256": "ab" * 32,
    "url": f"/media/frozen/{'ab' * 32}/",
    "content_type": "application/pdf",
    "size_bytes": 81_234,
}
PICTURE = {**FILE, "content_type": "image/png", "width": 640, "height": 480}

FROZEN: dict[str, tuple[dict[str, Any], list[str]]] = {
    "text": (
        {"heading": "Closed doors", "text": "<p>Guests pay for <b>privacy</b>.</p>"},
        ["<h2>Closed doors</h2>", "<b>privacy</b>"],
    ),
    "callout": (
        {"tone": "rights", "title": "Your passport", "text": "<p>Nobody may keep it.</p>"},
        ["Your rights", "Your passport", "Nobody may keep it."],
    ),
    "figure": (
        {
            "text": "<p>Police recorded <b>570</b> incidents.</p>",
            "caveat": "Most are not reported.",
            "source": {"title": "Report", "publisher": "Office", "published": "2024", "url": "office.example"},
        },
        ["<b>570</b>", "Most are not reported.", "<cite>Report</cite>", "office.example"],
    ),
    "content_note": ({"text": "<p>The next part talks about threats.</p>"}, ["talks about threats"]),
    "sign": (
        {"sign": "One person answers.", "also": "Shyness.", "do": "Speak as usual."},
        ["One person answers.", "It may also be …", "Shyness.", "What you can do", "Speak as usual."],
    ),
    "do_never": ({"do": ["Call 911"], "never": ["Follow anybody"]}, ["<li>Call 911</li>", "<li>Follow anybody</li>"]),
    "two_ways": (
        {
            "work": {"title": "Tell the manager", "text": "<p>Say it.</p>"},
            "boss": {"title": "If your boss is part of it", "text": "<p>Call.</p>", "services": ["victimlink-bc"]},
        },
        ["Tell the manager", "If your boss is part of it", "VictimLinkBC", 'href="tel:18005630808"'],
    ),
    "help_now": ({"title": "Numbers", "services": ["victimlink-bc"]}, ["Numbers", "VictimLinkBC"]),
    "scenario": (
        {
            "code": "quiet-guest",
            "title": "A quiet guest",
            "verdict": "innocent",
            "start": "a",
            "nodes": [
                {
                    "id": "a",
                    "text": "<p>No cleaning for two days.</p>",
                    "choices": [{"text": "Leave towels", "next": "b", "feedback": "<p>Rest is ordinary.</p>"}],
                },
                {"id": "b", "text": "<p>She thanks you.</p>", "choices": []},
            ],
        },
        [
            "This situation is invented.",
            'id="quiet-guest-b"',
            'href="#quiet-guest-b"',
            "Leave towels",
            "Rest is ordinary.",
            "nothing to report",
        ],
    ),
    "attestation": ({"text": "I have read the rules."}, ["I have read the rules.", 'form="lesson-done"']),
    "reflection": ({"prompt": "Whom could you talk to?"}, ["Whom could you talk to?", "data-reflection"]),
    "image": ({"image": PICTURE, "alt": "A door", "caption": "The door"}, ['alt="A door"', 'width="640"', "The door"]),
    "audio": ({"title": "Listen", "file": FILE, "transcript": "<p>Welcome.</p>"}, ["<audio", "Welcome."]),
    "video": (
        {
            "title": "Watch",
            "file": FILE,
            "captions": {**FILE, "content_type": "text/vtt"},
            "transcript": "<p>Welcome.</p>",
        },
        ["<video", '<track kind="captions"', "Welcome."],
    ),
    "download": (
        {"title": "Pocket card", "file": FILE, "description": "One page"},
        ["Pocket card", "PDF", "79.3", "One page"],
    ),
}
