"""What employers see, told to everybody."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from compliance.visibility import VISIBLE_FIELDS


@require_safe
def visible(request: HttpRequest) -> HttpResponse:
    """List exactly the fields that the portal shows, from the one list that it is made of."""
    return render(request, "compliance/visible.html", {"fields": VISIBLE_FIELDS})
