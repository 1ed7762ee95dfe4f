"""Translations: languages, and what a change of the source means for the texts made from it.

Leaves to others the text itself and who must sign it off.
"""
