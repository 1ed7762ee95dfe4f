"""The frozen forms of a question, a quiz and a paper: plain JSON that outlives its models.

They stand in an edition's snapshot and in every paper, so their shape is a contract:

- question: ``key``, ``version``, ``type``, ``use``, ``objective``, ``difficulty``, ``critical`` (a rule's
  code or null), ``innocent``, ``situation``, ``passage``, ``stem`` and ``feedback`` (HTML), and by type
  ``options`` (``id``, ``text``, ``correct``, ``alarm``, ``feedback``), ``answer`` (bool), ``items``
  (``id``, ``text``, in the right order), ``pairs`` (``id``, ``left``, ``right_id``, ``right``), or
  ``start`` and ``nodes`` (``id``, ``text``, ``choices`` of ``id``, ``text``, ``next``, ``credit``,
  ``feedback``);
- quiz: ``code``, ``title``, ``pass_percent``, ``max_false_alarms``, ``max_attempts`` (null: no limit),
  ``wait_hours``, ``blueprint``, ``objectives``, ``critical_rules``, ``questions``;
- paper: ``schema`` 1, ``form`` (from 1), ``seed``, ``quiz`` without questions and blueprint, ``questions``,
  each with the ``order`` in which its parts are shown.
"""

import hashlib
import json
from typing import Any, Final, TypeAlias

Json: TypeAlias = dict[str, Any]

QUESTION_TYPES: Final = ("single", "multiple", "true_false", "ordering", "matching", "scenario", "reflection")
# On a phone, ordering and matching test reading; a reflection is never sent.
PAPER_TYPES: Final = ("single", "multiple", "true_false", "scenario")
DIFFICULTIES: Final = ("easy", "medium", "hard")

_VERSION_HEX_DIGITS = 12


def canonical_json(value: object) -> str:
    """Return the one JSON text of ``value``: keys sorted, no spaces, no escapes beyond JSON's own."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def question_version(question: Json) -> str:
    """Return the version of a frozen question: 12 hex digits of its content's SHA-256.

    ``version`` itself and ``order`` (how one paper shows it) are not content.
    """
    content = {name: value for name, value in question.items() if name not in ("version", "order")}
    return hashlib.sha256(canonical_json(content).encode()).hexdigest()[:_VERSION_HEX_DIGITS]


def with_version(question: Json) -> Json:
    """Return a copy of ``question`` that carries its version."""
    return {**question, "version": question_version(question)}
