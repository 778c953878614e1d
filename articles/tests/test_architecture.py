import ast
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.test import TestCase

APP = Path(__file__).resolve().parents[1]
# Those that answer readers. One that is still to come is checked from its first day.
PUBLIC = (
    "addresses",
    "archive",
    "cards",
    "context_processors",
    "dates",
    "differences",
    "feeds",
    "filling",
    "filters",
    "history",
    "live_blog",
    "health",
    "middleware",
    "navigation",
    "photos",
    "prepared",
    "related",
    "search",
    "sitemaps",
    "slots",
    "social_card",
    "structured_data",
    "templatetags/articles",
    "topic_page",
    "typography",
    "urls",
    "views",
)
DESK_ONLY = {"Article", "ArticleAuthor", "ArticleTopic", "Revision", "publishing", "models"}


def imported_names(path):
    """Return every name that the module at *path* imports, and the modules it takes them from."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("django"):
            continue
        if isinstance(node, ast.Import | ast.ImportFrom):
            names.update(part for alias in node.names for part in alias.name.split("."))
        if isinstance(node, ast.ImportFrom):
            names.update((node.module or "").split(".")[1:])
    return names


class ArchitectureTests(TestCase):
    def test_public_module_reads_editions_and_never_the_desk_s_copy(self):
        paths = [path for name in PUBLIC if (path := APP / f"{name}.py").exists()]
        assert APP / "views.py" in paths
        for path in paths:
            with self.subTest(path.name):
                assert not imported_names(path) & DESK_ONLY

    def test_no_migration_is_missing(self):
        call_command("makemigrations", check=True, dry_run=True, verbosity=0)

    def test_public_template_holds_no_script_and_no_inline_style(self):
        folder = settings.BASE_DIR / "templates"
        for path in [*folder.glob("*.html"), *folder.glob("articles/*.html")]:
            with self.subTest(path.name):
                text = path.read_text()
                assert "<script" not in text and "style=" not in text and "|safe" not in text
