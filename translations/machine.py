"""The port for machine translation. There is no provider by default, and none comes with the project.

What a machine gives is a draft: it stands in the matrix and in the files for translators as needing work, and is released
nowhere until a person brings it back as their own words, be it in an assessed question or anywhere else.
"""

from collections.abc import Sequence
from typing import Final, Protocol

from django.conf import settings
from django.utils.module_loading import import_string

# Languages of Indigenous peoples: their Nations decide who speaks for them, and no machine does.
NEVER: Final = frozenset(
    {
        *(
            "alq",
            "asb",
            "atj",
            "ath",
            "bea",
            "bla",
            "caf",
            "cay",
            "chp",
            "clc",
            "clm",
            "coo",
            "cr",
            "cre",
            "crg",
            "crj",
        ),
        *(
            "crk",
            "crl",
            "crm",
            "crx",
            "csw",
            "cwd",
            "dak",
            "dgr",
            "dtd",
            "eya",
            "gwi",
            "hai",
            "haa",
            "has",
            "hax",
            "hdn",
        ),
        *(
            "hei",
            "hur",
            "iu",
            "ike",
            "ikt",
            "iku",
            "kkz",
            "kut",
            "kwk",
            "lil",
            "lkt",
            "lut",
            "mic",
            "moe",
            "moh",
            "mus",
        ),
        *(
            "ncg",
            "nsk",
            "nuk",
            "oj",
            "oji",
            "ojb",
            "ojg",
            "ojs",
            "ojw",
            "oka",
            "one",
            "ono",
            "otw",
            "pqm",
            "scs",
            "sec",
        ),
        *(
            "see",
            "shs",
            "squ",
            "sto",
            "str",
            "taa",
            "tce",
            "tgx",
            "tht",
            "thp",
            "tli",
            "tsi",
            "ttm",
            "tus",
            "xsl",
            "srs",
            "git",
            "blc",
            "bcr",
            "sek",
        ),
        *("kl", "nv", "mi", "qu", "ay", "gn", "kek", "mam", "yua", "quc", "nah"),
    }
)
"""Codes of ISO 639 (Canada's first; of those elsewhere the ones that workers here speak), whatever region follows."""


class Translator(Protocol):
    """A provider: whatever takes texts in the source language and gives as many in another."""

    def translate(self, *, texts: Sequence[str], language: str) -> Sequence[str]:
        """Return the translations in the order of ``texts``; "" where it has none. Tags and placeholders stay."""


def translator() -> Translator | None:
    """Return the provider that ``FIELDFARE_MACHINE_TRANSLATOR`` names, None where there is none."""
    path = settings.MACHINE_TRANSLATOR
    made: Translator | None = import_string(path)() if path else None
    return made


def is_refused(language: str) -> bool:
    """Whether no machine may translate into ``language``."""
    return language.split("-")[0].lower() in NEVER
