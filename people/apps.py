"""App configuration."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """People, organisations, tenancy."""

    name = "people"
    verbose_name = "People"

    def ready(self) -> None:
        """Listen, and let workbooks come in."""
        from people import kinds, outbox, receivers

        kinds.register()
        outbox.register(receivers.JUDGE, receivers.judge_import)
        outbox.register(receivers.WRITE, receivers.write_import)
        outbox.register(receivers.TAKE_BACK, receivers.take_back_import)
        outbox.register(receivers.MAKE, receivers.make_export)
