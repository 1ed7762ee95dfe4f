"""Indexes of the CMS (who refers to what, and search), brought up to date once at the end of a load.

Wagtail does it after each save, which costs more than writing the thing itself.
"""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from django.contrib.contenttypes.models import ContentType
from django.db.models.signals import post_save
from modelcluster.models import get_all_child_relations
from modelsearch.backends import get_search_backends
from modelsearch.index import get_indexed_models
from modelsearch.signal_handlers import post_save_signal_handler
from wagtail.models import ReferenceIndex
from wagtail.signal_handlers import disable_reference_index_auto_update

_BATCH_ROWS: Final = 1000


@contextmanager
def indexed_at_the_end() -> Iterator[None]:
    """Put off both indexes until the block ends; what was saved in it is indexed then, each thing once."""
    saved: dict[type[Any], set[Any]] = defaultdict(set)

    def note(sender: type[Any], instance: Any, **_: object) -> None:
        saved[sender].add(instance.pk)

    searched = [model for model in get_indexed_models() if post_save.disconnect(post_save_signal_handler, sender=model)]
    post_save.connect(note, weak=False)
    try:
        with disable_reference_index_auto_update():
            yield
    finally:
        post_save.disconnect(note)
        for model in searched:
            post_save.connect(post_save_signal_handler, sender=model)
    for model, keys in saved.items():
        _index(model, keys, search=model in searched)


def _index(model: type[Any], keys: set[Any], *, search: bool) -> None:
    refers = ReferenceIndex.is_indexed(model)
    if not search and not refers:
        return
    children = [relation.get_accessor_name() for relation in get_all_child_relations(model)]
    rows = list(model._default_manager.filter(pk__in=keys).prefetch_related(*children))
    if refers:
        _note_references(model, rows)
    if search:
        for backend in get_search_backends(with_auto_update=True):
            backend.add_bulk(model, [row for row in rows if row.get_indexed_instance() is not None])


def _note_references(model: type[Any], rows: list[Any]) -> None:
    """Note to what each of ``rows`` refers: all at once where nothing of ``model`` was noted before.

    Wagtail does it row by row, with a question for what was noted before; on a first load that is a tenth of the time.
    """
    lineage = [model, *model._meta.get_parent_list()]
    of_model, of_base = (
        ContentType.objects.get_for_model(each, for_concrete_model=False) for each in (lineage[0], lineage[-1])
    )
    if ReferenceIndex.objects.filter(content_type=of_model).exists():
        for row in rows:
            ReferenceIndex.create_or_update_for_object(row)
        return
    ReferenceIndex.objects.bulk_create(
        [
            ReferenceIndex(
                content_type=of_model,
                base_content_type=of_base,
                object_id=row.pk,
                to_content_type_id=to_content_type,
                to_object_id=to_object,
                model_path=model_path,
                content_path=content_path,
                content_path_hash=ReferenceIndex._get_content_path_hash(content_path),
            )
            for row in rows
            for to_content_type, to_object, model_path, content_path in set(
                ReferenceIndex._extract_references_from_object(row)
            )
        ],
        batch_size=_BATCH_ROWS,
        ignore_conflicts=True,
    )
