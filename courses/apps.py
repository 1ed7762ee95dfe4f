"""App configuration."""

from django.apps import AppConfig


class CoursesConfig(AppConfig):
    """Courses."""

    name = "courses"
    verbose_name = "Courses"

    def ready(self) -> None:
        """Listen to people and the directory; say how course and lesson pages are served and previewed."""
        from functools import partial

        from django.conf import settings
        from django.core.management import call_command
        from django.utils.translation import pgettext

        from cms.preparation import Preparation, register_preparation
        from cms.publishing import register_guard
        from cms.rendering import Renderer, register_renderer
        from cms.withheld import register_withheld
        from courses import kinds, receivers
        from courses.curriculum import read_curriculum
        from courses.curriculum.folder import folder_digest, is_loaded
        from courses.models import CoursePage, LessonPage
        from courses.selectors import OVERLAY_KIND, overlays_in_matrix
        from courses.services.moderating import check_publishable
        from courses.services.reminding import DUE, deliver_due
        from courses.services.rendering import LOOK, MAKE
        from courses.views import trying
        from courses.withholding import withheld_parts
        from people import outbox
        from translations.registry import OtherKind, register_kind

        register_guard(check_publishable)
        outbox.register(receivers.REWORD, receivers.reword)
        outbox.register(receivers.COPIES, receivers.take_copies)
        kinds.register()
        register_withheld(withheld_parts)
        register_renderer(CoursePage, Renderer(serve=trying.serve_course, preview=trying.preview_course))
        register_renderer(LessonPage, Renderer(serve=trying.serve_lesson, preview=trying.preview_lesson))
        outbox.register(MAKE, receivers.make)
        outbox.register(LOOK, receivers.look)
        outbox.register(DUE, deliver_due)
        register_kind(
            OtherKind(OVERLAY_KIND, lambda: pgettext("menu of the CMS", "Local parts"), rows=overlays_in_matrix)
        )
        shipped = settings.BASE_DIR / "curriculum"
        register_preparation(
            Preparation(
                "Loading the curriculum",
                lambda: not is_loaded(folder_digest(shipped)),
                lambda read: call_command("load_curriculum", if_changed=True, verbosity=0, read=read),
                ahead=partial(read_curriculum, shipped),
            )
        )
