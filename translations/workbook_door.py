"""Files for translators through the commands of workbooks: the exchange does all the work, and this knocks at it."""

from pathlib import Path

from django.db import transaction

from cms import clock
from people.workbooks.doors import Brought, Door
from translations import selectors, services
from translations.exceptions import ExchangeConflicts, ExchangeDoubts, ExchangeRefused
from translations.exchange import FORMATS, put
from translations.exchange.units import LARGEST_BYTES
from translations.exchange_words import conflict_in_words, in_words


def bring(path: Path, language: str, apply: bool) -> Brought:
    """Take a file in, all of it or nothing; without ``apply`` nothing stays written.

    Raises:
        ValueError: nobody translates into this language, or the file is too large.
    """
    _check(language)
    if path.stat().st_size > LARGEST_BYTES:
        raise ValueError(f"{path} has more than {LARGEST_BYTES} bytes")
    try:
        with transaction.atomic():
            file = FORMATS[path.suffix.lower().lstrip(".")].read(path.read_bytes())
            done = services.import_file(
                file=file, language=language, by=None, at=clock.now(), on_conflict=services.OnConflict.REFUSE
            )
            if not apply:
                transaction.set_rollback(True)
    except (ExchangeRefused, ExchangeDoubts) as refused:
        return Brought(tuple(in_words(problem) for problem in refused.problems), True, 0)
    except ExchangeConflicts as found:
        return Brought(tuple(conflict_in_words(conflict) for conflict in found.conflicts), True, 0)
    said = f"{done.taken} taken, {done.signed} signed, {done.unchanged} unchanged, {done.kept} kept"
    return Brought((said,), False, done.taken + done.signed)


def take(path: Path, language: str) -> int:
    """Write the file of a language; return how many pieces it has.

    Raises:
        ValueError: nobody translates into this language.
    """
    _check(language)
    file = selectors.file_for(language=language)
    put(path, FORMATS[path.suffix.lower().lstrip(".")].write(file))
    return len(file.units)


def _check(language: str) -> None:
    known = selectors.target_languages()
    if language not in known:
        raise ValueError(f"Not a language to translate into: {language}; say --language with one of {', '.join(known)}")


DOOR = Door("translations", tuple(f".{suffix}" for suffix in FORMATS), bring, take)
