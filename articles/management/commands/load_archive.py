"""Fill an empty database with a made archive, to measure the site with."""

import multiprocessing
import os
import signal
from functools import cache

import django
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from ... import bulk
from ...archive_maker import Archive, ArchiveError
from ..progress import Bar


class Command(BaseCommand):
    help = (
        "Load a made archive, nothing of it real, into a database without stories. "
        "Interrupted, it goes on where it was."
    )

    def add_arguments(self, parser):
        parser.add_argument("--editions", type=int, required=True, help="How many, in all.")
        parser.add_argument("--seed", type=int, default=1, help="The same seed, the same archive.")
        parser.add_argument(
            "--processes",
            type=int,
            default=os.cpu_count() or 1,
            help="How many to use on PostgreSQL (default: one a core).",
        )

    def handle(self, *, editions, seed, processes, **options):
        if editions < 1 or processes < 1:
            raise CommandError("--editions and --processes take numbers from 1.")
        archive = Archive(editions, seed)
        try:
            archive.check()
        except ArchiveError as error:
            raise CommandError(error) from error
        archive.prepare()
        blocks = list(archive.blocks())
        missing = [block for block in blocks if not block.is_there]
        bar = Bar(self.stdout, editions, editions - sum(map(sum_of, missing)))
        try:
            with bulk.importing():
                for count in written(archive, missing, processes):
                    bar.add(count)
        except KeyboardInterrupt:
            raise CommandError("Interrupted: the same command goes on from here.") from None
        self.stdout.write(f"{editions:,} editions are there.")


def sum_of(block):
    return sum(block.sizes)


def written(archive, blocks, processes):
    """Write *blocks* and yield how many editions each has, when it is there."""
    # SQLite has one writer at a time.
    if processes == 1 or connection.vendor == "sqlite":
        for block in blocks:
            archive.write(block)
            yield sum_of(block)
        return
    tasks = [(archive.editions, archive.seed, block) for block in blocks]
    # Each process opens connections of its own: none goes along into it.
    context = multiprocessing.get_context("spawn")
    # Ctrl-C reaches the whole group: the others take that over, and are ended by this one.
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    with context.Pool(processes, initializer=django.setup) as pool:
        signal.signal(signal.SIGINT, before)
        yield from pool.imap_unordered(write, tasks)


def write(task):
    editions, seed, block = task
    archive_of(editions, seed).write(block)
    return sum_of(block)


@cache
def archive_of(editions, seed):
    """Return the Archive that a process keeps, with all that it has loaded for it."""
    return Archive(editions, seed)
