"""The measured suites as Markdown tables."""
import datetime


def number(value, digits=0):
    return "–" if value is None else f"{value:,.{digits}f}"


def table(suite):
    lines = [
        f"### {suite.title}", "",
        f"| | requests/s | to {suite.base} | CPU µs/request | CPU to {suite.base} | p50 µs | p99 µs |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    for name in suite.commands:
        lines.append(
            f"| {name} | {number(suite.median(name, 'rps'))} | {number(suite.ratio(name), 2)} "
            f"| {number(suite.median(name, 'cpu_us'), 1)} | {number(suite.ratio(name, 'cpu_us'), 2)} "
            f"| {number(suite.median(name, 'p50'))} | {number(suite.median(name, 'p99'))} |")
    return lines


def markdown(suites, machine, quick):
    lines = [
        "# Benchmarks", "",
        f"{datetime.date.today().isoformat()}, {machine}; medians of interleaved rounds, ratios of the same round. "
        "The client has core 0, the server core 1; all over loopback. "
        "Absolute figures belong to the machine, the ratios less so. "
        f"Made by `Benchmarks/run{' --quick' if quick else ''}`.", "",
    ]
    for suite in suites:
        lines += table(suite) + [""]
    return "\n".join(lines)
