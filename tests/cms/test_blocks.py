"""Blocks: what they refuse, and that a live and a frozen value look alike."""

import re

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.template import Context, Template
from django.test import RequestFactory
from wagtail import blocks
from wagtail.documents.models import Document
from wagtail_localize.segments.extract import StreamFieldSegmentExtractor

from cms.blocks import (
    AudioBlock,
    FigureBlock,
    HelpNowBlock,
    ImageBlock,
    ScenarioBlock,
    ScenarioNodeBlock,
    SignBlock,
    TwoWaysBlock,
    VideoBlock,
)
from courses.blocks import LessonBody
from tests.cms.samples import FROZEN
from tests.factories.cms import SourceFactory, SupportServiceFactory

pytestmark = pytest.mark.django_db


def shown(block) -> str:
    template = Template("{% block_template block %}")
    return template.render(Context({"block": block, "request": RequestFactory().get("/"), "language": "en"}))


def frozen(kind: str) -> dict[str, object]:
    return {"type": kind, "id": "6e6f", "value": FROZEN[kind][0]}


def scenario(**changes) -> blocks.StructValue:
    return ScenarioBlock().to_python({**FROZEN["scenario"][0], **changes})


@pytest.mark.parametrize("kind", sorted(FROZEN))
def test_frozen_block_shows_its_words(kind):
    SupportServiceFactory()
    page = shown(frozen(kind))
    assert [word for word in FROZEN[kind][1] if word not in page] == []


def test_every_block_of_a_lesson_has_a_sample():
    # A check is shown by the app that knows questions.
    assert set(LessonBody().child_blocks) - {"check"} == set(FROZEN)


@pytest.mark.parametrize(
    "kind", sorted(set(FROZEN) - {"figure", "image", "audio", "video", "download", "two_ways", "help_now"})
)
def test_live_value_looks_like_the_frozen_one(kind):
    live = LessonBody().to_python([{"type": kind, "id": "6e6f", "value": FROZEN[kind][0]}])[0]
    assert re.sub(r"\s+", " ", shown(live)) == re.sub(r"\s+", " ", shown(frozen(kind)))


def test_live_value_looks_like_the_frozen_one_where_records_are_chosen():
    service = SupportServiceFactory()
    source = SourceFactory()
    two_ways, figure = FROZEN["two_ways"][0], FROZEN["figure"][0]
    live = LessonBody().to_python(
        [
            {
                "type": "two_ways",
                "id": "6e6f",
                "value": {**two_ways, "boss": {**two_ways["boss"], "services": [service.pk]}},
            },
            {"type": "help_now", "id": "6e6f", "value": {"title": "Numbers", "services": [service.pk]}},
            {"type": "figure", "id": "6e6f", "value": {**figure, "source": source.pk}},
        ]
    )
    assert shown(live[0]) == shown(frozen("two_ways"))
    assert shown(live[1]) == shown(frozen("help_now"))
    assert "<cite>Trafficking in persons in Canada, 2023</cite>, Statistics Canada, 2024" in shown(live[2])


def test_block_of_a_type_that_is_gone_shows_its_texts():
    page = shown(
        {
            "type": "hologram",
            "id": "1",
            "value": {"title": "A <title>", "url": "/x", "parts": [{"text": "<p>Kept.</p>", "id": "p"}]},
        }
    )
    assert "Kept." in page
    assert "/x" not in page
    assert "<title>" not in page


@pytest.mark.parametrize("kind", ["../pages/home", "cms/base", "", "Text"])
def test_type_of_a_block_never_leads_to_another_template(kind):
    assert "<html" not in shown({"type": kind, "id": "1", "value": {"text": "Kept."}})


def test_rich_text_is_cleaned_even_when_frozen():
    page = shown(
        {"type": "text", "id": "1", "value": {"heading": "<i>", "text": '<p onclick="x()">Hi<script>x()</script></p>'}}
    )
    assert "&lt;i&gt;" in page
    assert "<p>Hi</p>" in page


def test_missing_files_leave_the_words():
    assert "A door" in shown({"type": "image", "id": "1", "value": {"image": None, "alt": "A door", "caption": ""}})
    assert "Welcome." in shown(
        {"type": "audio", "id": "1", "value": {"title": "Listen", "file": None, "transcript": "<p>Welcome.</p>"}}
    )


def test_sign_gives_its_three_parts_the_same_element():
    page = shown(frozen("sign"))
    assert page.count("<dt>") == page.count("<dd>") == 3
    assert not re.search(r"<(h\d|strong|b|em)\b", page)


def test_two_ways_are_two_sections_of_the_same_kind():
    SupportServiceFactory()
    assert re.findall(r"<section[^>]*>\s*<h2>", shown(frozen("two_ways"))).__len__() == 2


def test_scenario_is_whole_without_a_script():
    page = shown(frozen("scenario"))
    assert not re.search(r"\shidden\b", page)
    assert '<details class="choice"' in page
    # On paper each part has a number, and each choice says which one to turn to.
    numbers = re.findall(r'<p class="only-print"[^>]*>(?:<strong>)?([^<]+)', page)
    assert numbers == ["1", "turn to 2", "2"]


@pytest.mark.parametrize(
    "changes",
    [
        {"start": "z"},
        {
            "nodes": [
                {"id": "a", "text": "<p>1</p>", "choices": [{"text": "go", "next": "c", "feedback": ""}]},
                {"id": "b", "text": "<p>2</p>", "choices": []},
            ]
        },
        {"nodes": [{"id": "a", "text": "<p>1</p>", "choices": []}, {"id": "b", "text": "<p>2</p>", "choices": []}]},
        {
            "nodes": [
                {"id": "a", "text": "<p>1</p>", "choices": [{"text": "go", "next": "a", "feedback": ""}]},
                {"id": "a", "text": "<p>2</p>", "choices": []},
            ]
        },
    ],
    ids=["unknown start", "leads nowhere", "never reached", "named twice"],
)
def test_scenario_with_a_broken_way_is_refused(changes):
    with pytest.raises(blocks.StructBlockValidationError):
        ScenarioBlock().clean(scenario(**changes))


def test_scenario_with_sound_ways_is_accepted():
    assert ScenarioBlock().clean(scenario())["code"] == "quiet-guest"


@pytest.mark.parametrize(
    ("block", "value"),
    [
        (SignBlock(), {"sign": "x", "also": "", "do": "y"}),
        (FigureBlock(), {"text": "<p>570</p>", "caveat": "", "source": None}),
        (ImageBlock(), {"image": None, "alt": "", "caption": ""}),
    ],
)
def test_block_without_what_makes_it_fair_is_refused(block, value):
    with pytest.raises(blocks.StructBlockValidationError) as caught:
        block.clean(block.to_python(value))
    assert caught.value.block_errors


def test_help_block_takes_lines_from_the_directory_only():
    service = SupportServiceFactory()
    block = HelpNowBlock()
    assert [it.code for it in block.clean(block.to_python({"title": "", "services": [service.pk]}))["services"]] == [
        "victimlink-bc"
    ]


def test_two_ways_needs_both():
    block = TwoWaysBlock()
    with pytest.raises(ValidationError):
        block.clean(
            block.to_python(
                {"work": {"title": "Tell", "text": "<p>x</p>"}, "boss": {"title": "", "text": "", "services": []}}
            )
        )


@pytest.fixture
def document(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return lambda name: Document.objects.create(title=name, file=SimpleUploadedFile(name, b"WEBVTT"))


def test_video_takes_only_captions_that_are_webvtt(document):
    film, captions = document("a.mp4"), document("a.vtt")
    block = VideoBlock()
    value = {"title": "Watch", "file": film.pk, "captions": captions.pk, "transcript": "<p>x</p>"}
    assert block.clean(block.to_python(value))["captions"] == captions
    with pytest.raises(blocks.StructBlockValidationError) as caught:
        block.clean(block.to_python({**value, "captions": film.pk}))
    assert list(caught.value.block_errors) == ["captions"]


def test_audio_shows_the_live_document(document):
    block = AudioBlock()
    value = block.clean(
        block.to_python({"title": "Listen", "file": document("a.mp3").pk, "transcript": "<p>Welcome.</p>"})
    )
    page = block.render(value)
    assert 'src="/documents/' in page
    assert "autoplay" not in page


def test_names_of_a_storys_parts_are_the_same_in_every_language():
    part = ScenarioNodeBlock()
    choice = part.child_blocks["choices"].child_block
    offered = {
        name
        for block in (ScenarioBlock(), part, choice)
        for name, child in block.child_blocks.items()
        if name not in ("nodes", "choices", "verdict")
        and StreamFieldSegmentExtractor(None).handle_block(child, child.to_python("words"))
    }
    assert offered == {"title", "text", "feedback"}


def test_a_part_of_a_story_is_no_longer_than_a_slide_can_tell():
    node = {"id": "a", "text": f"<p>{'x' * 4_001}</p>", "choices": []}
    with pytest.raises(blocks.StructBlockValidationError) as caught:
        ScenarioNodeBlock().clean(ScenarioNodeBlock().to_python(node))
    assert list(caught.value.block_errors) == ["text"]


def test_players_of_one_page_are_told_apart_and_are_saved_for_later():
    page = "".join(shown(frozen(kind)) for kind in ("audio", "audio", "video"))
    assert re.findall(r' id="', page) == []
    assert re.findall(r"<(audio|video)[^>]* data-player aria-label=\"(\w+)\"", page) == [
        ("audio", "Listen"),
        ("audio", "Listen"),
        ("video", "Watch"),
    ]
    assert page.count('<select data-player-speed aria-label="Speed: Watch">') == 1
    # Without a script a speed could be chosen and nothing would follow.
    assert page.count('<p class="player__more" hidden>') == 3
    assert page.count('download aria-label="Save it for later: Watch">Save it for later</a>') == 1
    assert page.count("Nothing is loaded before you press play.") == 3


def test_every_block_has_what_the_chooser_shows():
    for name, block in LessonBody().child_blocks.items():
        assert block.meta.icon, name
        assert block.meta.group, name
        assert block.meta.description, name
        assert block.meta.preview_value, name
