"""Runs commands in interleaved rounds of random order, each on core 0, and keeps what they print."""
import os
import random
import re
import resource
import statistics
import subprocess
import sys

from servers import pinned

CLIENT_CORE = "0"


class Suite:
    """Commands that are compared with each other; the first one is the measure of the rest."""

    def __init__(self, name, title, rounds):
        self.name, self.title, self.rounds = name, title, rounds
        self.commands, self.pairs, self.environments = {}, {}, {}

    def add(self, name, command, environment=None):
        self.commands[name] = command
        self.environments[name] = environment or {}
        self.pairs[name] = {}

    def run(self):
        for number in range(self.rounds):
            for name in random.sample(list(self.commands), len(self.commands)):
                result = measure(self.commands[name], self.environments[name])
                if result is not None:
                    self.pairs[name][number] = result
            print(f"{self.title}: round {number + 1} of {self.rounds}", file=sys.stderr)
        return self

    @property
    def base(self):
        return next(iter(self.commands))

    def median(self, name, field):
        values = [result[field] for result in self.pairs[name].values() if field in result]
        return statistics.median(values) if values else None

    def ratio(self, name, field="rps", to=None):
        """The median over the rounds of this command's figure to that of another one in the same round."""
        base = self.pairs[to or self.base]
        ratios = [
            result[field] / base[number][field]
            for number, result in self.pairs[name].items()
            if number in base and base[number].get(field) and field in result
        ]
        return statistics.median(ratios) if ratios else None

    def as_record(self):
        return {"name": self.name, "title": self.title, "rounds": self.rounds, "results": self.pairs}


def measure(command, environment):
    """What the command's RESULT line says; CPU from the system where the line has none. `None` if it failed."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    try:
        done = subprocess.run(
            pinned(CLIENT_CORE, command) if not environment.get("UNPINNED") else command,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=120, env={**os.environ, **environment},
            check=False)
    except subprocess.TimeoutExpired:
        print(f"{' '.join(command)} took over two minutes", file=sys.stderr)
        return None
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    line = re.search(r"^RESULT (.*)$", done.stdout, re.MULTILINE)
    if not line:
        print(f"{' '.join(command)} gave no result: {done.stdout[-500:]}", file=sys.stderr)
        return None
    result = {key: float(value) for key, value in (pair.split("=") for pair in line.group(1).split())}
    if result.get("errors"):
        print(f"{' '.join(command)}: {result['errors']:.0f} errors", file=sys.stderr)
        return None
    used = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    result.setdefault("cpu_us", used * 1e6 / max(result["requests"], 1))
    return result
