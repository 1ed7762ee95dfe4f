"""App configuration."""

from django.apps import AppConfig


class TranslationsConfig(AppConfig):
    """Languages and translations."""

    name = "translations"
    verbose_name = "Languages and translations"

    def ready(self) -> None:
        """Say that the interface's catalogues are taken in before the first visitor; open a door for its files."""
        from pathlib import Path

        from django.conf import settings

        from cms import clock
        from cms.preparation import Preparation, register_preparation
        from people import outbox
        from people.workbooks.doors import register_door
        from translations import kinds, services
        from translations.services.digests import KIND
        from translations.workbook_door import DOOR

        kinds.register()
        register_door(DOOR)
        outbox.register(KIND, services.deliver_digest)
        root = Path(settings.LOCALE_PATHS[0])
        register_preparation(
            Preparation(
                "Taking in the interface's translations",
                lambda: not services.are_recorded(root=root),
                lambda _: services.record_catalogues(root=root, at=clock.now()),
            )
        )
