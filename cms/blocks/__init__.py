"""Content blocks. A value is plain enough to be frozen as JSON; the same template shows a live and a frozen one."""

from cms.blocks.guidance import DoNeverBlock, HelpNowBlock, SignBlock, TwoWaysBlock
from cms.blocks.media import AudioBlock, DownloadBlock, ImageBlock, VideoBlock
from cms.blocks.practice import AttestationBlock, ReflectionBlock, ScenarioBlock, ScenarioNodeBlock
from cms.blocks.streams import ResourceBody
from cms.blocks.text import CalloutBlock, ContentNoteBlock, FigureBlock, TextBlock

__all__ = [
    "AttestationBlock",
    "AudioBlock",
    "CalloutBlock",
    "ContentNoteBlock",
    "DoNeverBlock",
    "DownloadBlock",
    "FigureBlock",
    "HelpNowBlock",
    "ImageBlock",
    "ReflectionBlock",
    "ResourceBody",
    "ScenarioBlock",
    "ScenarioNodeBlock",
    "SignBlock",
    "TextBlock",
    "TwoWaysBlock",
    "VideoBlock",
]
