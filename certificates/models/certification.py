"""Certifications: what must be completed, and how long it is good."""

from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

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


class Certification(models.Model):
    """What must be completed (all of ``courses``) and the validity policy, which the printed period follows.

    A policy change applies from the next certificate; issued ones keep their dates (renewal, rule R16).
    """

    code = models.CharField(_("code"), max_length=60, unique=True, validators=[code_validator])
    title = models.CharField(_("title"), max_length=200)
    """Neutral: printed, mailed, seen over shoulders."""
    full_title = models.CharField(_("full title"), max_length=255, blank=True)
    """For employers' records."""
    courses = models.ManyToManyField("courses.Course", related_name="certifications", verbose_name=_("courses"))
    policy = models.JSONField(_("validity policy"), default=default_policy, validators=[validate_policy])

    objects: ClassVar = models.Manager()

    class Meta:
        ordering = ("title",)
        verbose_name = _("certification")
        verbose_name_plural = _("certifications")

    def __str__(self) -> str:
        return self.title

    @property
    def validity_policy(self) -> ValidityPolicy:
        """Return the policy as the pure rules take it."""
        return policy_from_json(self.policy)
