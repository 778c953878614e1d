"""Who may enter the desk. What readers see of a person is an Author."""

from django.contrib.auth.models import AbstractUser


class User(AbstractUser):
    def __str__(self):
        return self.get_full_name() or self.username
