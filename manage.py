#!/usr/bin/env python
import os
import sys

from django.core.exceptions import ImproperlyConfigured


def main():
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings")
    from django.core.management import execute_from_command_line  # after the line above

    try:
        import newsroom.settings  # noqa: F401 - a wrong environment stops here, in one line
    except ImproperlyConfigured as error:
        sys.exit(f"newsroom: {error}")
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
