"""Charts as SVG, written by hand: bars of the peers, curves of scale."""
import math
import os

INK, PALE, OURS, LIMIT, PEER = "#1b1f24", "#d8dee4", "#2f6feb", "#6e7781", "#c8a24a"
FONT = "font-family='Helvetica,Arial,sans-serif'"


def text(x, y, words, size=13, anchor="start", colour=INK, weight="normal"):
    words = str(words).replace("&", "&amp;").replace("<", "&lt;")
    return (f"<text x='{x:.1f}' y='{y:.1f}' font-size='{size}' text-anchor='{anchor}' fill='{colour}' "
            f"font-weight='{weight}' {FONT}>{words}</text>")


def colour(name):
    if name.startswith("this package"):
        return OURS
    return LIMIT if name == "wrk" else PEER


def document(width, height, parts):
    return (f"<svg xmlns='http://www.w3.org/2000/svg' width='{width}' height='{height}' viewBox='0 0 {width} {height}'>"
            f"<rect width='100%' height='100%' fill='white'/>{''.join(parts)}</svg>\n")


def bars(suites):
    """Requests per second of every contender, one group a suite."""
    left, right, row, width = 210, 90, 22, 860
    parts, y = [text(20, 30, "Requests per second, client on one core", 17, weight="bold")], 52
    for suite in suites:
        parts.append(text(20, y + 14, suite.title, 14, weight="bold"))
        y += 24
        results = {name: suite.median(name, "rps") for name in suite.commands}
        most = max((value for value in results.values() if value), default=1)
        for name, value in results.items():
            if not value:
                continue
            length = max(1.5, (width - left - right) * value / most)
            parts.append(text(left - 8, y + 14, name, 12, "end"))
            parts.append(f"<rect x='{left}' y='{y + 3}' width='{length:.1f}' height='{row - 7}' fill='{colour(name)}'/>")
            parts.append(text(left + length + 6, y + 14, f"{value:,.0f}", 12))
            y += row
        y += 14
    return document(width, y + 8, parts)


def short(name):
    """A number in thousands where it is round there."""
    return f"{int(name) // 1000}k" if name.isdigit() and int(name) >= 1000 else name


def curves(suites):
    """One small panel for each suite: its commands are the places on the axis, requests per second go up from 0."""
    panel_width, panel_height, columns = 400, 230, 2
    rows = math.ceil(len(suites) / columns)
    parts = []
    for index, suite in enumerate(suites):
        x0, y0 = index % columns * panel_width, index // columns * panel_height
        points = [(name, suite.median(name, "rps")) for name in suite.commands]
        points = [(name, value) for name, value in points if value]
        if not points:
            continue
        most = max(value for _, value in points) * 1.15
        left, bottom, width, height = x0 + 70, y0 + 190, panel_width - 100, 130
        title, _, rest = suite.title.partition(":")
        parts.append(text(x0 + 20, y0 + 28, title, 14, weight="bold"))
        parts.append(text(x0 + 20, y0 + 44, rest.strip(), 11, colour=LIMIT))
        for step in range(3):
            value, y = most * step / 2, bottom - height * step / 2
            parts.append(f"<line x1='{left}' y1='{y:.1f}' x2='{left + width}' y2='{y:.1f}' stroke='{PALE}'/>")
            parts.append(text(left - 6, y + 4, f"{value / 1000:.0f}k" if most > 5000 else f"{value:.0f}", 11, "end"))
        places = [left + width * (i + 0.5) / len(points) for i in range(len(points))]
        path = " ".join(f"{x:.1f},{bottom - height * v / most:.1f}" for x, (_, v) in zip(places, points))
        parts.append(f"<polyline points='{path}' fill='none' stroke='{OURS}' stroke-width='2'/>")
        for x, (name, value) in zip(places, points):
            parts.append(f"<circle cx='{x:.1f}' cy='{bottom - height * value / most:.1f}' r='3.5' fill='{OURS}'/>")
            parts.append(text(x, bottom + 17, short(name), 11, "middle"))
    return document(panel_width * columns, max(1, rows) * panel_height, parts)


def write(suites, folder):
    named = {suite.name: suite for suite in suites}
    for name, draw, chosen in (
        ("peers.svg", bars, ["get-1", "get-16", "get-64", "page-16", "tls-64"]),
        ("scale.svg", curves, ["nodes", "loops", "tasks", "sizes"]),
    ):
        present = [named[each] for each in chosen if each in named]
        if present:
            with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
                file.write(draw(present))
