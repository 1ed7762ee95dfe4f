"""Certifications: what must be completed, and how long it is good."""

from collections.abc import Mapping
from typing import Any, ClassVar, NamedTuple

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from certificates.expressions import Expression, every, parse_expression
from certificates.validity import PolicyError, ValidityPolicy, policy_from_json
from cms.validators import code_validator


def default_policy() -> dict[str, Any]:
    """Return the policy of a certification that says nothing: 36 months, renewal from 3 months before."""
    return ValidityPolicy().to_json()


def validate_policy(value: object) -> None:
    """Refuse what is not a validity policy."""
    try:
        policy_from_json(value)  # type: ignore[arg-type]  # judging it is the point
    except (PolicyError, TypeError, KeyError, ValueError) as error:
        raise ValidationError(_("This is not a validity policy: %(reason)s"), params={"reason": str(error)}) from error


class Asked(NamedTuple):
    """What a certification asks for the first time or after a gap, and what a renewal in time asks in turn."""

    whole: Expression
    refreshers: tuple[Expression, ...]


class Certification(models.Model):
    """What must be completed (``courses``, combined by ``expression``) and the validity policy, which the printed period follows.

    A policy change applies from the next certificate; issued ones keep their dates (renewal, rule R16).
    """

    code = models.CharField(_("code"), max_length=60, unique=True, validators=[code_validator])
    title = models.CharField(_("title"), max_length=200)
    """Neutral: printed, mailed, seen over shoulders."""
    full_title = models.CharField(_("full title"), max_length=255, blank=True)
    """For employers' records."""
    courses = models.ManyToManyField("courses.Course", related_name="certifications", verbose_name=_("courses"))
    expression = models.JSONField(_("what must be completed"), null=True, blank=True)
    """How the courses are combined (form: ``certificates.expressions``); null: all of them."""
    refreshers = models.JSONField(_("shorter refreshers"), default=list, blank=True)
    """Expressions of which a renewal in time asks one, in turn; empty: the whole again."""
    policy = models.JSONField(_("validity policy"), default=default_policy, validators=[validate_policy])

    objects: ClassVar = models.Manager()

    class Meta:
        ordering = ("title",)
        verbose_name = _("certification")
        verbose_name_plural = _("certifications")

    def __str__(self) -> str:
        return self.title

    def asks(self, courses: Mapping[str, int], others: Mapping[str, object] | None = None) -> Asked:
        """Return what is asked as the pure rules take it; ``courses`` are the keys of its courses by code.

        Raises:
            ExpressionError: what is written is no expression.
        """
        if self.expression is None:
            whole: Expression = every(courses.values())
        else:
            whole = parse_expression(self.expression, courses, others, own=self.code)
        parsed = [parse_expression(it, courses, others, own=self.code) for it in self.refreshers]
        return Asked(whole, tuple(parsed))

    @property
    def validity_policy(self) -> ValidityPolicy:
        """Return the policy as the pure rules take it."""
        return policy_from_json(self.policy)
