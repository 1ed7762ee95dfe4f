"""The private login."""

import uuid
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _


class UserManager(BaseUserManager["User"]):
    """Makes users with or without an e-mail address."""

    def create_user(self, email: str | None = None, password: str | None = None, **fields: object) -> "User":
        """Return a new saved user; without ``password`` nobody can sign in by password."""
        user = self.model(email=self.normalize_email(email).lower() if email else None, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: object) -> "User":
        """Return a new user with every permission."""
        return self.create_user(email, password, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        """Return the user with this e-mail, whatever its case."""
        return self.get(email__iexact=username)


class User(AbstractBaseUser, PermissionsMixin):
    """A private login without a tenant, owned by the person.

    Not an employee record: what an employer gave hangs on a Membership. A learner who signs in with a PIN has a
    user without e-mail or password. ``name`` is only for staff (editors, HR); a learner's names are the memberships'.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    email = models.EmailField(_("e-mail"), unique=True, null=True, blank=True)
    name = models.CharField(_("name"), max_length=200, blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    language = models.CharField(max_length=20, blank=True)
    """The interface language that the person chose; never shown to an employer."""
    recovery_lookup = models.CharField(max_length=16, unique=True, null=True, blank=True)
    """First part of the person's own recovery code, to find the user by; null while none was made."""
    recovery_hash = models.CharField(max_length=200, blank=True)
    """Salted hash of the rest of the recovery code."""

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")

    def __str__(self) -> str:
        return self.name or self.email or f"user {self.pk}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save; an empty e-mail is none, since only the missing may be there many times."""
        self.email = self.email or None
        super().save(*args, **kwargs)

    @cached_property
    def staff_kinds(self) -> frozenset[str]:
        """The kinds of the roles that the user has anywhere; asked for once, as Django does with permissions."""
        return frozenset(self.staff_roles.values_list("kind", flat=True))

    # Wagtail and Django ask users for these.
    @property
    def first_name(self) -> str:
        """Return the name; Wagtail's templates ask for it."""
        return self.name

    @property
    def last_name(self) -> str:
        """Return nothing; the name is one field."""
        return ""

    def get_full_name(self) -> str:
        """Return the name, or the e-mail where there is none."""
        return str(self)

    def get_short_name(self) -> str:
        """Return the name, or the e-mail where there is none."""
        return str(self)
