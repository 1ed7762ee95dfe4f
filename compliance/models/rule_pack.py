"""Rule packs as they were loaded: every version for ever, since organisations adopted it."""

from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import F, OuterRef, Subquery

from compliance.rules.schema import Rule, Topic, rule_from_json, topic_from_json


class VersionQuerySet(models.QuerySet[Any]):
    """Reads over versions."""

    def newest(self) -> Self:
        """Return the newest version of each code, those that are withdrawn among them."""
        last = self.model.objects.filter(code=OuterRef("code")).order_by("-number").values("number")[:1]
        return self.annotate(last=Subquery(last)).filter(number=F("last"))

    def shipped(self) -> Self:
        """Return the newest version of each code that is still shipped."""
        return self.newest().filter(is_withdrawn=False)


class _Version(models.Model):
    """A version of something shipped: made once, never changed or deleted.

    ``digest`` is the SHA-256 of the canonical JSON of ``content``. A version that ``is_withdrawn`` says that the thing
    is shipped no longer; it keeps the last content.
    """

    code = models.CharField(max_length=60)
    number = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    content = models.JSONField()
    is_withdrawn = models.BooleanField(default=False)
    loaded_at = models.DateTimeField()

    objects: ClassVar = VersionQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ("code", "-number")
        constraints = (models.UniqueConstraint(fields=("code", "number"), name="%(class)s_number_once"),)

    def __str__(self) -> str:
        return f"{self.code} {self.number}"

    def save(self, *args: object, **kwargs: object) -> None:
        """Write a new row; refuse to change one."""
        if not self._state.adding:
            raise TypeError(f"{type(self).__name__} is frozen")
        super().save(*args, **kwargs)  # type: ignore[arg-type]  # handed on as it came

    def delete(self, *args: object, **kwargs: object) -> tuple[int, dict[str, int]]:
        """Refuse: adoptions point here."""
        raise TypeError(f"{type(self).__name__} is frozen")


class RuleVersion(_Version):
    """One version of a rule; ``content`` has the shape of compliance.rules.schema.Rule."""

    @property
    def rule(self) -> Rule:
        """Return the rule as the pure rules take it."""
        return rule_from_json(self.content)


class TopicVersion(_Version):
    """One version of a topic and the lessons that cover it."""

    @property
    def topic(self) -> Topic:
        """Return the topic as the pure rules take it."""
        return topic_from_json(self.content)


class RulePackVersion(_Version):
    """One version of a pack: ``content`` holds its title, its summary and the code and number of each rule."""

    rules = models.ManyToManyField(RuleVersion, related_name="packs")

    @property
    def title(self) -> str:
        """Return what the pack is called."""
        return str(self.content["title"])

    @property
    def summary(self) -> str:
        """Return what the pack is about."""
        return str(self.content["summary"])
