"""What the head of every page of the desk lists, in the order of a newsroom's use."""

from django import template

register = template.Library()

ORDER = [
    "Article",
    "FrontPage",
    "Alert",
    "Photo",
    "Topic",
    "Author",
    "SiteText",
    "Edition",
    "Act",
    "User",
]
# Reached from the journal and the dashboard.
ELSEWHERE = {"AccountAct", "Delivery", "PhotoAct", "TopicAct"}


@register.filter
def for_navigation(models):
    """Return those of Django's *models* of an app that the head names; unknown ones come last."""
    shown = [model for model in models if model["object_name"] not in ELSEWHERE]
    places = {name: place for place, name in enumerate(ORDER)}
    return sorted(shown, key=lambda model: places.get(model["object_name"], len(ORDER)))
