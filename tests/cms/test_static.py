"""The look within its limits: weight, contrast, layers, nothing from elsewhere."""

import gzip
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "cms" / "static" / "cms"
LEARNER_CSS_BYTES = 14 * 1024
LESSON_JS_BYTES = 20 * 1024

SHEETS = sorted(ROOT.glob("*/static/**/*.css"))
SCRIPTS = sorted(ROOT.glob("*/static/**/*.js"))


def gzipped(paths) -> int:
    return sum(len(gzip.compress(path.read_bytes())) for path in paths)


def test_css_for_learners_is_light():
    assert gzipped([STATIC / "css/fieldfare.css", *ROOT.glob("courses/static/courses/css/*.css")]) <= LEARNER_CSS_BYTES


def test_scripts_are_light():
    assert gzipped(SCRIPTS) <= LESSON_JS_BYTES


def test_layers_come_in_their_order():
    css = (STATIC / "css/fieldfare.css").read_text()
    assert "@layer tokens, base, layout, components, utilities;" in css
    assert re.findall(r"^@layer (\w+) {", css, re.MULTILINE) == ["tokens", "base", "layout", "components", "utilities"]


@pytest.mark.parametrize("path", [*SHEETS, *SCRIPTS], ids=lambda path: path.name)
def test_nothing_comes_from_elsewhere(path):
    text = path.read_text()
    assert not re.search(r"https?://|url\(|@import|//cdn", text)


@pytest.mark.parametrize("path", SHEETS, ids=lambda path: path.name)
def test_sides_are_logical(path):
    text = re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.DOTALL)
    assert (
        re.findall(
            r"(?:margin|padding|border)-(?:left|right)\b|[;{]\s*(?:left|right)\s*:|text-align:\s*(?:left|right)|float:\s*(?:left|right)",
            text,
        )
        == []
    )


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_scripts_need_nothing_that_the_policy_refuses(path):
    assert not re.search(r"\beval\(|new Function|innerHTML|document\.write|\.cookie\b", path.read_text())


def tokens(css: str) -> dict[str, str]:
    return dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", css))


def luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


CSS = (STATIC / "css/fieldfare.css").read_text()
LIGHT = tokens(CSS[: CSS.index("prefers-color-scheme: dark")])
DARK = {**LIGHT, **tokens(CSS[CSS.index("prefers-color-scheme: dark") : CSS.index("@layer base {")])}


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("text", ["ink", "ink-soft", "accent", "accent-strong", "soon", "late", "done"])
@pytest.mark.parametrize("ground", ["paper", "raised", "sunk"])
def test_text_stands_out_from_every_ground(theme, text, ground):
    assert contrast(theme[text], theme[ground]) >= 4.5


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_edges_of_controls_and_words_on_buttons_stand_out(theme):
    assert contrast(theme["edge"], theme["raised"]) >= 3
    assert contrast(theme["edge"], theme["paper"]) >= 3
    assert contrast(theme["on-accent"], theme["accent"]) >= 4.5
    assert contrast(theme["on-accent"], theme["accent-strong"]) >= 4.5


def test_colours_are_those_of_the_design():
    design = {
        "paper": ("#faf8f4", "#14181a"),
        "ink": ("#1b2426", "#e8e6e1"),
        "accent": ("#0b5c5c", "#7fd1c8"),
        "soon": ("#8a5a00", "#f0c060"),
        "late": ("#9b2c1f", "#ff9a8a"),
        "done": ("#1f6b3a", "#8fd6a4"),
    }
    assert {name: (LIGHT[name], DARK[name]) for name in design} == design


def test_icon_is_neutral_and_plain():
    icon = (STATIC / "favicon.svg").read_text()
    assert "<image" not in icon
    assert "data:" not in icon
    assert len(icon) < 500
