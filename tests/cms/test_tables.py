"""Many tables in one step: the same tables and the same state as one by one, and back again."""

import pytest
from django.db import connection, models
from django.db.migrations.operations import CreateModel
from django.db.migrations.state import ProjectState

from cms.tables import CreateModels


def two_that_name_each_other() -> list[CreateModel]:
    """The first names the second before it is made."""
    return [
        CreateModel(
            "Hen",
            [
                ("id", models.BigAutoField(primary_key=True)),
                ("egg", models.ForeignKey("coop.egg", models.CASCADE, related_name="+")),
            ],
        ),
        CreateModel(
            "Egg",
            [
                ("id", models.BigAutoField(primary_key=True)),
                ("hen", models.ForeignKey("coop.hen", models.CASCADE, null=True, related_name="+")),
            ],
        ),
    ]


def test_the_state_is_that_of_one_after_another() -> None:
    together, singly = ProjectState(), ProjectState()
    CreateModels(two_that_name_each_other()).state_forwards("coop", together)
    for operation in two_that_name_each_other():
        operation.state_forwards("coop", singly)
    assert together == singly
    assert sorted(name for _, name in together.models) == ["egg", "hen"]


def test_models_built_before_do_not_hide_the_new_ones() -> None:
    state = ProjectState()
    assert list(state.apps.get_models()) == []
    CreateModels(two_that_name_each_other()).state_forwards("coop", state)
    # None is built before all are known: that is what the step is for.
    assert "apps" not in vars(state)
    assert sorted(model.__name__ for model in state.apps.get_models()) == ["Egg", "Hen"]


@pytest.mark.django_db(transaction=True)
def test_tables_come_and_go() -> None:
    operation = CreateModels(two_that_name_each_other())
    before, after = ProjectState(), ProjectState()
    operation.state_forwards("coop", after)
    with connection.schema_editor() as editor:
        operation.database_forwards("coop", editor, before, after)
    assert {"coop_egg", "coop_hen"} <= set(connection.introspection.table_names())
    with connection.schema_editor() as editor:
        operation.database_backwards("coop", editor, after, before)
    assert not {"coop_egg", "coop_hen"} & set(connection.introspection.table_names())
