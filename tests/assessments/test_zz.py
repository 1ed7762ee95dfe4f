import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wagtail.models import Locale
from assessments.freezing import *
from assessments.papers import check_blueprint
from tests.factories.assessments import *
import json
@pytest.mark.django_db
def test_x():
    for name, f in TYPE_FACTORIES.items():
        print(json.dumps(freeze_question(f()), indent=1)[:1500])
    quiz = QuizFactory()
    loc = Locale.get_default()
    with CaptureQueriesContext(connection) as c:
        q = freeze_quiz(quiz, locale=loc)
    for each in c: print(each["sql"][:150])
    print(len(c), check_blueprint(q))
