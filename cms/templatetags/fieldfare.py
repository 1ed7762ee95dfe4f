"""Tags and filters that all templates have."""

from django import template

register = template.Library()
