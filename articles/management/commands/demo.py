"""Fill an empty database with the demo stories and one desk account."""

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import transaction

from articles.models import Article, User
from newsroom.environment import kept_secret

NAME = "redaction"
PASSWORD_FILE = "desk-password"  # noqa: S105 - the name of a file in VAR_DIR


class Command(BaseCommand):
    help = (
        "Load the demo stories and create a desk account, only where there are no users and no "
        "articles; tell the account's password until it is changed."
    )

    @transaction.atomic
    def handle(self, **options):
        file = settings.VAR_DIR / PASSWORD_FILE
        if not User.objects.exists() and not Article.objects.exists():
            call_command("loaddata", "topics", "newsroom", verbosity=0)
            User.objects.create_superuser(
                NAME, password=kept_secret(file, length=12), first_name="Rédaction"
            )
        user = User.objects.filter(username=NAME, is_active=True).first()
        if user and file.exists() and user.check_password(file.read_text()):
            self.stdout.write(
                f"Desk account: {NAME}, password: {file.read_text()} (kept in {file})"
            )
        elif not User.objects.exists():
            self.stdout.write("There is no desk account yet: manage.py createsuperuser makes one.")
