"""The parts of orders, pairs and stories as lines of text, for one cell of a spreadsheet, and back. Plain Python.

An order has a line for each item, from first to last. Pairs have ``left | right`` on each line. A story::

    [a]
    A guest has no key of her own.
    > Ask her whether she is all right -> b (1)
    Her answer is hers to give.
    > Call her boss -> b
    It may harm her.
    [b]
    She thanks you.

``[…]`` begins a part, ``>`` a choice with the part it leads to and its credit (0, 0.5 or 1; none said: 0); the lines
below a choice say why. A line that would be taken for such a mark begins with ``\\``.
"""

import re
from dataclasses import dataclass, field
from typing import Final

_PART: Final = re.compile(r"\[\s*([^\[\]\s]{1,40})\s*\]")
_CHOICE: Final = re.compile(r">\s*(\S.*?)\s*->\s*([^\s()]{1,40})\s*(?:\(\s*(0|0[.,]5|1)\s*\))?")
_MARKS: Final = ("[", ">", "\\")


class LineFault(ValueError):
    """A line cannot be read; ``line`` counts from 1 within the cell."""

    def __init__(self, line: int) -> None:
        super().__init__(f"line {line}")
        self.line = line


@dataclass(frozen=True, slots=True)
class ChoiceText:
    """A choice of a story as somebody typed it."""

    text: str
    leads_to: str
    credit: str = "0"
    why: str = ""


@dataclass(frozen=True, slots=True)
class PartText:
    """A part of a story as somebody typed it."""

    name: str
    text: str
    choices: tuple[ChoiceText, ...] = field(default=())


def one_line(text: str) -> str:
    """Return ``text`` on one line."""
    return " ".join(text.split())


def items_of(cell: str) -> list[str]:
    """Return the items of an order."""
    return [line for raw in cell.split("\n") if (line := one_line(raw))]


def lines_of_pairs(pairs: list[tuple[str, str]]) -> str:
    """Return pairs as lines."""
    return "\n".join(" | ".join(one_line(side).replace("|", "\\|") for side in pair) for pair in pairs)


def pairs_of(cell: str) -> list[tuple[str, str]]:
    """Return the pairs that lines hold.

    Raises:
        LineFault: a line does not have two sides.
    """
    pairs = []
    for number, line in enumerate(cell.split("\n"), start=1):
        if not line.strip():
            continue
        sides = [one_line(side).replace("\\|", "|") for side in re.split(r"(?<!\\)\|", line)]
        if len(sides) != 2 or not all(sides):
            raise LineFault(number)
        pairs.append((sides[0], sides[1]))
    return pairs


def lines_of_story(parts: list[PartText]) -> str:
    """Return a story as lines; the part with which it begins comes first."""
    lines: list[str] = []
    for part in parts:
        lines += [f"[{part.name}]", *_guarded(part.text)]
        for choice in part.choices:
            credit = f" ({choice.credit})" if choice.credit != "0" else ""
            lines += [f"> {one_line(choice.text)} -> {choice.leads_to}{credit}", *_guarded(choice.why)]
    return "\n".join(lines)


def story_of(cell: str) -> list[PartText]:
    """Return the story that lines hold.

    Raises:
        LineFault: a line stands before the first part, or is no choice though it begins as one.
    """
    parts: list[PartText] = []
    texts: list[list[str]] = []

    def end_text() -> None:
        """Put the lines that were read last where they belong."""
        if not parts or not texts:
            return
        said = "\n".join(texts.pop()).strip()
        part = parts[-1]
        if part.choices:
            last = part.choices[-1]
            choices = (*part.choices[:-1], ChoiceText(last.text, last.leads_to, last.credit, said))
            parts[-1] = PartText(part.name, part.text, choices)
        else:
            parts[-1] = PartText(part.name, said)

    for number, raw in enumerate(cell.split("\n"), start=1):
        line = raw.strip()
        if begun := _PART.fullmatch(line):
            end_text()
            parts.append(PartText(begun[1], ""))
            texts = [[]]
        elif line.startswith(">"):
            found = _CHOICE.fullmatch(line)
            if found is None or not parts:
                raise LineFault(number)
            end_text()
            choice = ChoiceText(one_line(found[1]), found[2], (found[3] or "0").replace(",", "."))
            parts[-1] = PartText(parts[-1].name, parts[-1].text, (*parts[-1].choices, choice))
            texts = [[]]
        elif parts:
            texts[-1].append(line.removeprefix("\\"))
        elif line:
            raise LineFault(number)
    end_text()
    return parts


def _guarded(text: str) -> list[str]:
    return [f"\\{line}" if line.startswith(_MARKS) else line for line in text.split("\n")] if text else []
