"""Measures this package beside its peers and writes RESULTS.md and two charts. Called by Benchmarks/run.

compare.py --bench BINARY --server BINARY --out FOLDER [--quick] [--go BINARY] [--python INTERPRETER]
"""
import argparse
import json
import os
import platform
import shutil
import tempfile

import chart
import report
from rounds import Suite
from servers import AlternatorLocal, Nginx

HERE = os.path.dirname(os.path.abspath(__file__))
PEERS = os.path.join(HERE, "..", "Peers")


class Commands:
    """The command lines of every contender."""

    def __init__(self, options, nginx, local, seconds):
        self.options, self.nginx, self.local, self.seconds = options, nginx, local, seconds

    def bench(self, workload, port, concurrency, executor="loop", *more):
        return [self.options.bench, workload, "--port", str(port), "--concurrency", str(concurrency),
                "--seconds", str(self.seconds), "--executor", executor, *map(str, more)]

    def wrk(self, concurrency, port=None, scheme="http"):
        return ["wrk", "-t1", f"-c{concurrency}", f"-d{self.seconds}s", "--latency", "-s",
                os.path.join(PEERS, "load.lua"), f"{scheme}://127.0.0.1:{port or self.nginx.get}/"]

    def wrk_environment(self, put=False):
        name = "put-request.json" if put else "get-request.json"
        return {"ITEM": os.path.join(self.nginx.folder, name), "CASE": "put" if put else "get"}

    def go(self, concurrency, operation="get"):
        port = self.nginx.query if operation == "query" else self.nginx.get
        return [self.options.go, "-c", str(concurrency), "-t", str(self.seconds), "-p", str(port), "-op", operation]

    def python(self, client, concurrency, operation="get"):
        port = self.nginx.query if operation == "query" else self.nginx.get
        return [self.options.python, os.path.join(PEERS, "python_peer.py"), client, "-c", str(concurrency),
                "-t", str(self.seconds), "-p", str(port), "--op", operation]


def get_suites(commands, rounds, quick):
    for concurrency in (1, 16, 64):
        suite = Suite(f"get-{concurrency}", f"Typed get, {concurrency} under way", rounds)
        suite.add("wrk", commands.wrk(concurrency), commands.wrk_environment())
        suite.add("this package, loop", commands.bench("get", commands.nginx.get, concurrency))
        suite.add("this package, default", commands.bench("get", commands.nginx.get, concurrency, "default"))
        if concurrency == 1:
            suite.add("this package, busy-poll",
                      commands.bench("get", commands.nginx.get, 1, "loop", "--with", "busy-poll"))
        if not quick:
            suite.add("aws-sdk-go-v2", commands.go(concurrency))
            suite.add("alternator-client async", commands.python("alternator-async", concurrency))
            if concurrency != 64:
                suite.add("alternator-client sync", commands.python("alternator-sync", concurrency))
                suite.add("boto3", commands.python("boto3", concurrency))
                suite.add("boto3 resource", commands.python("boto3-resource", concurrency))
        yield suite
    for concurrency in (1, 64):
        suite = Suite(f"bytes-{concurrency}", f"GetItem as bytes, {concurrency} under way", rounds)
        suite.add("wrk", commands.wrk(concurrency), commands.wrk_environment())
        suite.add("this package, loop", commands.bench("bytes", commands.nginx.get, concurrency, "loop", "--with", "unsigned"))
        yield suite
    suite = Suite("tls-64", "GetItem as bytes over TLS 1.3, 64 under way", rounds)
    suite.add("wrk", commands.wrk(64, commands.nginx.tls, "https"), commands.wrk_environment())
    suite.add("this package, loop", commands.bench(
        "bytes", commands.nginx.tls, 64, "loop", "--with", "unsigned,tls", "--ca", commands.nginx.ca))
    suite.add("this package, default", commands.bench(
        "bytes", commands.nginx.tls, 64, "default", "--with", "unsigned,tls", "--ca", commands.nginx.ca))
    yield suite


def page_suite(commands, rounds):
    suite = Suite("page-16", "Typed query page of 100 items, 16 under way", rounds)
    suite.add("this package, loop", commands.bench("query", commands.nginx.query, 16))
    suite.add("this package, default", commands.bench("query", commands.nginx.query, 16, "default"))
    suite.add("aws-sdk-go-v2", commands.go(16, "query"))
    suite.add("alternator-client async", commands.python("alternator-async", 16, "query"))
    suite.add("boto3", commands.python("boto3", 16, "query"))
    suite.add("boto3 resource", commands.python("boto3-resource", 16, "query"))
    return suite


def embedded_suites(commands, rounds):
    for workload in ("get", "put"):
        suite = Suite(f"embedded-{workload}", f"Typed {workload} on the embedded cluster, 64 under way", rounds)
        suite.add("wrk", commands.wrk(64, commands.local.port), commands.wrk_environment(put=workload == "put"))
        suite.add("this package, loop", commands.bench(workload, commands.local.port, 64, "loop", "--keys", 100))
        suite.add("this package, default", commands.bench(workload, commands.local.port, 64, "default", "--keys", 100))
        yield suite


def feature_suite(commands, rounds):
    """What each feature costs; puts, because affinity routes no reads."""
    suite = Suite("features", "The cost of features: typed put, 64 under way, loop", rounds)
    suite.add("signed", commands.bench("put", commands.nginx.get, 64))
    for feature in ("unsigned", "affinity", "observer", "debug-log", "hedging", "request-compression",
                    "response-compression", "optimized-headers"):
        suite.add(feature, commands.bench("put", commands.nginx.get, 64, "loop", "--with", feature))
    return suite


def scale_suites(commands, rounds):
    nodes = Suite("nodes", "Nodes known to the client: typed get, 64 under way", rounds)
    for count, port in ((3, commands.nginx.get), (30, commands.nginx.nodes30), (1000, commands.nginx.nodes1000)):
        nodes.add(str(count), commands.bench("get", port, 64))
    yield nodes
    loops = Suite("loops", "Event loops: typed get, 64 under way, client on all cores", rounds)
    for count in (1, 2, 4):
        loops.add(str(count), commands.bench("get", commands.nginx.get, 64, "loop", "--loops", count), {"UNPINNED": "1"})
    yield loops
    tasks = Suite("tasks", "Tasks under way: typed get", rounds)
    for count in (1, 4, 16, 64, 256, 1000, 4000, 10000):
        tasks.add(str(count), commands.bench("get", commands.nginx.get, count))
    yield tasks
    sizes = Suite("sizes", "Bytes of an item: put and get on the embedded cluster, 16 under way", rounds)
    for size in (100, 1000, 4000, 16000, 64000, 200000, 400000):
        sizes.add(str(size), commands.bench("sized", commands.local.port, 16, "loop", "--item-bytes", size))
    yield sizes
    types = Suite("types", "Distinct item types: typed get, 16 under way", rounds)
    types.add("1", commands.bench("get", commands.nginx.get, 16))
    types.add("1000", commands.bench("types", commands.nginx.get, 16))
    yield types


def machine():
    model = platform.processor() or platform.machine()
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            model = next(line.split(":")[1].strip() for line in file if line.startswith("model name"))
    except (OSError, StopIteration):
        pass
    return f"{os.cpu_count()} × {model}, Linux {platform.release().split('-')[0]}"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--bench", required=True)
    parser.add_argument("--server", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--go")
    parser.add_argument("--python")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--seconds", type=float)
    parser.add_argument("--only", help="names of suites, separated by commas")
    options = parser.parse_args()
    rounds = options.rounds or (3 if options.quick else 5)
    seconds = options.seconds or (1 if options.quick else 2)

    folder = tempfile.mkdtemp(prefix="alternator-bench-")
    nginx, local = Nginx(folder), AlternatorLocal(options.server)
    try:
        nginx.start()
        local.start()
        # wrk takes whole seconds only.
        commands = Commands(options, nginx, local, int(seconds) if seconds >= 1 else 1)
        suites = list(get_suites(commands, rounds, options.quick)) + list(embedded_suites(commands, rounds))
        if not options.quick:
            suites.append(page_suite(commands, rounds))
            suites.append(feature_suite(commands, rounds))
            suites += scale_suites(commands, max(3, rounds - 2))
        if options.only:
            names = [suite.name for suite in suites]
            for name in set(options.only.split(",")) - set(names):
                raise SystemExit(f"no suite {name}; there are: {', '.join(names)}")
            suites = [suite for suite in suites if suite.name in options.only.split(",")]
        for suite in suites:
            suite.run()
    finally:
        nginx.stop()
        local.stop()
        shutil.rmtree(folder, ignore_errors=True)

    text = report.markdown(suites, machine(), options.quick)
    print(text)
    if not options.quick:
        with open(os.path.join(options.out, "RESULTS.md"), "w", encoding="utf-8") as file:
            file.write(text)
        with open(os.path.join(options.out, "results.json"), "w", encoding="utf-8") as file:
            json.dump({"machine": machine(), "suites": [suite.as_record() for suite in suites]}, file)
        chart.write(suites, options.out)
    missing = [f"{suite.title}: {name}" for suite in suites for name in suite.commands if not suite.pairs[name]]
    if missing:
        raise SystemExit("no result of " + "; ".join(missing))


main()
