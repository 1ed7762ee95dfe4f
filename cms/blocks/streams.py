"""Bodies made of blocks."""

from wagtail import blocks

from cms.blocks.guidance import DoNeverBlock, HelpNowBlock, SignBlock, TwoWaysBlock
from cms.blocks.media import AudioBlock, DownloadBlock, ImageBlock, VideoBlock
from cms.blocks.text import CalloutBlock, FigureBlock, TextBlock


class ResourceBody(blocks.StreamBlock):
    """What a resource page may hold: everything but practice."""

    text = TextBlock()
    callout = CalloutBlock()
    figure = FigureBlock()
    sign = SignBlock()
    do_never = DoNeverBlock()
    two_ways = TwoWaysBlock()
    help_now = HelpNowBlock()
    image = ImageBlock()
    audio = AudioBlock()
    video = VideoBlock()
    download = DownloadBlock()
