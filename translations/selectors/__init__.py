"""Reads over translations: the words of a text, and the matrix of texts and languages."""

from translations.selectors.exchange import exchangeable_groups, file_for, leads, local_words
from translations.selectors.glossary import terms, terms_for
from translations.selectors.matrix import Matrix, MatrixRow, full_matrix, matrix, sectors, target_languages
from translations.selectors.words import carried, is_draft, texts_of, words

__all__ = [
    "Matrix",
    "MatrixRow",
    "carried",
    "exchangeable_groups",
    "file_for",
    "full_matrix",
    "is_draft",
    "leads",
    "local_words",
    "matrix",
    "sectors",
    "target_languages",
    "terms",
    "terms_for",
    "texts_of",
    "words",
]
