"""Compares what Benchmarks/gates has measured with its limits; exits with 1 if one is passed."""

import json
import os
import pathlib
import sys

work = pathlib.Path(sys.argv[1])


def calls(path):
    """How often each system call was made, from the table of `strace -c`."""
    found = {}
    for line in path.read_text().splitlines():
        words = line.split()
        if len(words) >= 5 and words[0].replace(".", "").isdigit() and words[3].isdigit():
            found[words[-1]] = int(words[3])
    return found


def measured():
    loop = json.loads((work / "loop.json").read_text())
    default = json.loads((work / "default.json").read_text())
    yield "mallocs_get", loop["mallocsPerGet"]
    yield "mallocs_get_default", default["mallocsPerGet"]
    yield "switches_get", loop["contextSwitchesPerGet"]
    micro = {entry["name"]: entry for entry in json.loads((work / "micro.json").read_text())}
    yield "mallocs_page_item", micro["page decode, per item"]["mallocs"]
    yield "mallocs_encode", micro["encode, 10 attributes"]["mallocs"]
    plain, secure = (json.loads((work / f"{name}.json").read_text()) for name in ("memory", "memory-tls"))
    yield "memory_in_flight", plain["allocatedPerRequestInFlight"]
    yield "memory_idle", plain["allocatedPerIdleConnection"]
    yield "memory_idle_tls", secure["allocatedPerIdleConnection"]
    short, long = calls(work / "strace.2000"), calls(work / "strace.6000")
    groups = {
        "writes_get": ("write", "writev", "sendto", "sendmsg"),
        # Not recvfrom: that is the look at a connection idle for over a millisecond, which under strace they all are.
        "reads_get": ("read", "readv"),
        "waits_get": ("epoll_wait", "epoll_pwait", "epoll_pwait2"),
        "epoll_ctl_get": ("epoll_ctl",),
    }
    for name, members in groups.items():
        yield name, sum(long.get(call, 0) - short.get(call, 0) for call in members) / 4000
    for part in ("encode", "decode"):
        few, many = work / f"{part}.1000", work / f"{part}.3000"
        if few.exists() and many.exists():
            yield f"instructions_{part}", (int(many.read_text()) - int(few.read_text())) / 2000


limits = {}
for line in os.environ["LIMITS"].strip().splitlines():
    name, limit, meaning = line.split(" ", 2)
    limits[name] = (float(limit), meaning)

failed = False
seen = set()
for name, value in measured():
    limit, meaning = limits[name]
    seen.add(name)
    passed = value > limit
    failed = failed or passed
    print(f"{'FAILED' if passed else 'ok':7}{name:22}{value:12.2f}  limit {limit:g}  {meaning}")
for name in limits.keys() - seen:
    # Instructions need valgrind; everything else is always there.
    if not name.startswith("instructions"):
        print(f"FAILED {name} was not measured")
        failed = True
sys.exit(1 if failed else 0)
