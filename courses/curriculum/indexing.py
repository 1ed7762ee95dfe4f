"""Indexes of the CMS (who refers to what, and search), brought up to date once at the end of a load.

Wagtail does it after each save, which costs more than writing the thing itself.
"""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db.models.signals import post_save
from modelcluster.models import get_all_child_relations
from modelsearch.backends import get_search_backends
from modelsearch.index import get_indexed_models
from modelsearch.signal_handlers import post_save_signal_handler
from wagtail.models import ReferenceIndex
from wagtail.signal_handlers import disable_reference_index_auto_update


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
        for row in rows:
            ReferenceIndex.create_or_update_for_object(row)
    if search:
        for backend in get_search_backends(with_auto_update=True):
            backend.add_bulk(model, [row for row in rows if row.get_indexed_instance() is not None])
