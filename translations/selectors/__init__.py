"""Reads over translations: the words of a text, and the matrix of texts and languages."""

from translations.selectors.matrix import Matrix, MatrixRow, matrix, sectors, target_languages
from translations.selectors.words import is_draft, words

__all__ = ["Matrix", "MatrixRow", "is_draft", "matrix", "sectors", "target_languages", "words"]
