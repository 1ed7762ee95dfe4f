"""Which sectors and languages an editor is limited to."""

from collections.abc import Collection
from typing import Any, Self

from django.conf import settings
from django.db import models

from cms.limits import WRITES_SOURCE, Limits, OutsideLimits


class EditorLimitQuerySet(models.QuerySet["EditorLimit"]):
    """Limits."""

    def of(self: Self, user: Any) -> Limits:
        """Return the limits of ``user`` (of ``request.user``), asked for once in a request; administrators have none."""
        if not user.is_authenticated or user.is_superuser:
            return Limits()
        known: Limits | None = getattr(user, "_editor_limits", None)
        if known is None:
            found: dict[str, set[str]] = {}
            for kind, value in self.filter(user=user.pk).values_list("kind", "value"):
                found.setdefault(kind, set()).add(value)
            sectors, languages = (found.get(kind) for kind in EditorLimit.Kind.values)
            known = user._editor_limits = Limits(sectors and frozenset(sectors), languages and frozenset(languages))
        return known

    def hold(self: Self, user: Any, *, act: str, sectors: Collection[str], languages: Collection[str]) -> None:
        """Let ``user`` act on something of these sectors in these languages; nobody (None) is a command, and may.

        Raises:
            OutsideLimits: it lies outside of their limits.
        """
        if user is not None and not self.of(user).allow(sectors=sectors, languages=languages):
            raise OutsideLimits(act=act)

    def hold_text(self: Self, user: Any, *, act: str, sectors: Collection[str], language: str) -> None:
        """Let ``user`` change a text: as ``hold``, and in the language of the source only whose role writes it.

        Raises:
            OutsideLimits: it is the source, and their role puts into other languages; or as ``hold``.
        """
        if user is not None and language == settings.LANGUAGE_CODE and not user.has_perm(WRITES_SOURCE):
            raise OutsideLimits(act=act)
        self.hold(user, act=act, sectors=sectors, languages=[language])

    def may_change_text(self: Self, user: Any, *, sectors: Collection[str], language: str) -> bool:
        """Return whether ``hold_text`` lets ``user``."""
        try:
            self.hold_text(user, act="", sectors=sectors, language=language)
        except OutsideLimits:
            return False
        return True


class EditorLimit(models.Model):
    """One sector or language that an editor is limited to (``cms.limits``)."""

    class Kind(models.TextChoices):
        """What is limited."""

        SECTOR = "sector"
        LANGUAGE = "language"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="editor_limits")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    value = models.CharField(max_length=60)
    """Code of the sector or language."""

    objects = EditorLimitQuerySet.as_manager()

    class Meta:
        ordering = ("user", "kind", "value")
        constraints = (models.UniqueConstraint(fields=("user", "kind", "value"), name="editor_limit_once"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.value}"
