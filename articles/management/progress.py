"""What a long command tells of how far it is."""

import time

WIDTH = 30


class Bar:
    """A line on *out*, written over itself on a terminal, and ten times elsewhere."""

    def __init__(self, out, total, done=0):
        self.out, self.total, self.done, self.before = out, total, done, done
        self.start = time.monotonic()

    def add(self, count):
        tenths = self.done * 10 // self.total
        self.done += count
        if self.out.isatty():
            self.out.write(f"\r{self.line()}", ending="\n" if self.done == self.total else "")
            self.out.flush()
        elif self.done * 10 // self.total > tenths:
            self.out.write(self.line())

    def line(self):
        speed = (self.done - self.before) / max(time.monotonic() - self.start, 0.001)
        bar = ("#" * (self.done * WIDTH // self.total)).ljust(WIDTH, ".")
        return f"[{bar}] {self.done:,} of {self.total:,} editions, {speed:,.0f} a second"
