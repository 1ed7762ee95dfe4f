"""The glossary: preferred and avoided words by language and audience."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cms.validators import code_validator
from translations.glossary import Audience, Term

AUDIENCES = (
    (Audience.EVERYBODY.value, pgettext_lazy("audience of words", "Everybody")),
    (Audience.PUBLIC.value, pgettext_lazy("audience of words", "Public: readers of open courses")),
    (Audience.INTERNAL.value, pgettext_lazy("audience of words", "Internal: people whose work asks for it")),
    (Audience.TITLE.value, pgettext_lazy("audience of words", "Titles, which others may read as well")),
)


class GlossaryTerm(models.Model):
    """How one concept is called in a language, for everybody or for one audience (``translations.glossary.Term``)."""

    language = models.CharField(_("language"), max_length=20)
    concept = models.CharField(
        _("concept"),
        max_length=60,
        validators=[code_validator],
        help_text=_("The same code in every language, e.g. trafficked-person."),
    )
    audience = models.CharField(_("for whom"), max_length=10, choices=AUDIENCES, blank=True, default="")
    preferred = models.CharField(
        _("preferred"), max_length=120, blank=True, help_text=_("Empty: the words below are only avoided.")
    )
    avoided = models.JSONField(_("avoided"), default=list, blank=True)
    """List of words or phrases; ``*`` before or after one stands for any beginning or ending."""
    note = models.CharField(_("note for translators"), max_length=300, blank=True)

    class Meta:
        ordering = ("language", "concept", "audience")
        verbose_name = _("glossary term")
        verbose_name_plural = _("glossary")
        constraints = (
            models.UniqueConstraint(
                fields=("language", "concept", "audience"), name="glossary_term_once_per_language_and_audience"
            ),
        )

    def __str__(self) -> str:
        return f"{self.concept} ({self.language})"

    @property
    def term(self) -> Term:
        """Return the entry as the rules read it."""
        return Term(
            self.language, self.concept, Audience(self.audience), self.preferred, tuple(self.avoided), self.note
        )
