"""Blocks of what a text is known by, not of words."""

from wagtail import blocks


class KeyBlock(blocks.CharBlock):
    """A name by which parts of a story find each other: the same in every language, never offered for translation."""

    def get_translatable_segments(self, value: str) -> list[object]:
        """Return nothing to translate; wagtail-localize asks."""
        return []

    def deconstruct(self) -> tuple[str, tuple[object, ...], dict[str, object]]:
        """Stand in migrations as the plain block: what is stored is the same."""
        return ("wagtail.blocks.CharBlock", *super().deconstruct()[1:])
