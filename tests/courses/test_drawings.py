"""Drawings that only draw."""

import pytest

from courses.drawings import drawing_problem
from tests.courses.curricula import PICTURE

OPEN = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">'


def test_a_drawing_is_let_through():
    assert drawing_problem(PICTURE.encode()) == ""
    assert drawing_problem(f'{OPEN}<use xlink:href="#a" fill="url(#b)"/></svg>'.encode()) == ""


@pytest.mark.parametrize(
    "content",
    [
        b"no drawing",
        b"<html/>",
        b'<!DOCTYPE svg [<!ENTITY a "b">]><svg/>',
        f"{OPEN}<script>alert(1)</script></svg>".encode(),
        f'{OPEN}<g onload="alert(1)"/></svg>'.encode(),
        f"{OPEN}<foreignObject/></svg>".encode(),
        f'{OPEN}<image xlink:href="https://example.org/a.png"/></svg>'.encode(),
        f'{OPEN}<g style="fill: url(https://example.org/a)"/></svg>'.encode(),
        f"{OPEN}<style>@import 'a';</style></svg>".encode(),
    ],
)
def test_what_does_more_than_draw_is_refused(content):
    assert drawing_problem(content) != ""
