"""App configuration."""

from django.apps import AppConfig


class ComplianceConfig(AppConfig):
    """Requirements, obligations, reminders, the portal for HR."""

    name = "compliance"
    verbose_name = "Compliance"

    def ready(self) -> None:
        """Hear the news from below and add to the learner's list."""
        from django.core.management import call_command

        from cms.deletions import register_namers
        from cms.preparation import Preparation, register_preparation
        from compliance import checks, demo, kinds, receivers, services  # noqa: F401  # checks and receivers connect
        from compliance.forecasts import forecast
        from compliance.preview_release import preview_release
        from compliance.services.kits import workplaces_with_kit_of
        from compliance.training import training_items
        from courses.registry import register_printed_copies, register_release_reach, register_training_items
        from people import outbox
        from people.services import staff_notes
        from people.workbooks.kinds import register_forecast

        kinds.register()
        register_forecast(forecast)
        register_namers(receivers.names_of_what_is_asked)
        register_training_items(training_items)
        register_printed_copies(workplaces_with_kit_of)
        register_release_reach(preview_release)
        outbox.register(services.evidence.KIND, services.deliver_evidence_pack)
        outbox.register(services.previews.KIND, services.deliver_preview)
        outbox.register(services.rebuilding.KIND, services.deliver_rebuild)
        outbox.register(staff_notes.KIND, services.send_staff_note)
        register_preparation(
            Preparation(
                "Loading the rule packs", services.packs_differ, lambda _: call_command("load_rule_packs", verbosity=0)
            )
        )
        register_preparation(
            Preparation(
                "Making the demo organisations", demo.is_missing, lambda _: call_command("load_demo", verbosity=0)
            )
        )
