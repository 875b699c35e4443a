#!/usr/bin/env python3
"""Which node a write goes to: a second implementation of key affinity, for comparison.

    node_order.py CONSTANTS PORT NODE… < operations

CONSTANTS is the JSON file with the 607 start values of Go's math/rand. Each input line is an operation as for
python_client.py; each output line is "OP SPECIFICATION_NODE HOST_ORDER_NODE": the first choice where nodes are sorted
as canonical endpoints (http://host:port), and where they are sorted as bare host strings.
"""
import base64, json, sys

M64, M31 = (1 << 64) - 1, (1 << 31) - 1


def rotl(x, r):
    return ((x << r) | (x >> (64 - r))) & M64


def fmix(k):
    for shift, factor in ((33, 0xFF51AFD7ED558CCD), (33, 0xC4CEB9FE1A85EC53), (33, None)):
        k ^= k >> shift
        if factor:
            k = k * factor & M64
    return k


def murmur3(data):
    """First half of MurmurHash3 x64-128 with seed 0, as a signed number."""
    c1, c2 = 0x87C37B91114253D5, 0x4CF5AD432745937F
    h1 = h2 = 0
    whole = len(data) // 16 * 16
    mix1 = lambda k: rotl(k * c1 & M64, 31) * c2 & M64
    mix2 = lambda k: rotl(k * c2 & M64, 33) * c1 & M64
    for i in range(0, whole, 16):
        h1 = ((rotl(h1 ^ mix1(int.from_bytes(data[i:i + 8], "little")), 27) + h2) * 5 + 0x52DCE729) & M64
        h2 = ((rotl(h2 ^ mix2(int.from_bytes(data[i + 8:i + 16], "little")), 31) + h1) * 5 + 0x38495AB5) & M64
    tail = data[whole:]
    if len(tail) > 8:
        h2 ^= mix2(int.from_bytes(tail[8:], "little"))
    if tail:
        h1 ^= mix1(int.from_bytes(tail[:8], "little"))
    h1 ^= len(data)
    h2 ^= len(data)
    h1 = (h1 + h2) & M64
    h2 = (h2 + h1) & M64
    h1, h2 = fmix(h1), fmix(h2)
    h1 = (h1 + h2) & M64
    return h1 - (1 << 64) if h1 >> 63 else h1


class GoRandom:
    """Go's rand.New(rand.NewSource(seed)), as far as Intn needs it."""

    def __init__(self, seed, cooked):
        x = abs(seed) % M31
        x = (M31 - x) % M31 if seed < 0 else x
        x = x or 89482311
        step = lambda v: 48271 * v % M31
        for _ in range(20):
            x = step(x)
        self.vec, self.tap, self.feed = [], 0, 334
        for i in range(607):
            word = 0
            for shift in (40, 20, 0):
                x = step(x)
                word ^= x << shift
            self.vec.append((word ^ cooked[i]) & M64)

    def int31(self):
        self.tap, self.feed = (self.tap - 1) % 607, (self.feed - 1) % 607
        x = (self.vec[self.feed] + self.vec[self.tap]) & M64
        self.vec[self.feed] = x
        return (x & (1 << 63) - 1) >> 32

    def below(self, n):
        if n & (n - 1) == 0:
            return self.int31() & (n - 1)
        limit = M31 - (1 << 31) % n
        while (v := self.int31()) > limit:
            pass
        return v % n


def key_hash(key):
    (kind, value), = key.items()
    payload = base64.b64decode(value) if kind == "B" else value.encode()
    return murmur3({"S": b"\1", "N": b"\2", "B": b"\3"}[kind] + payload)


def first(key, ordered, cooked):
    return ordered[GoRandom(key_hash(key), cooked).below(len(ordered))]


def choose(keys, ordered, cooked):
    """The node with the most first choices; among equals the first one in order."""
    votes = [first(key, ordered, cooked) for key in keys]
    return max(ordered, key=lambda node: (votes.count(node), -ordered.index(node)))


def constants(path):
    data = json.load(open(path))
    values = data if isinstance(data, list) else next(v for v in data.values() if isinstance(v, list) and len(v) == 607)
    return [int(v) & M64 for v in values]


def main():
    cooked, port, nodes = constants(sys.argv[1]), sys.argv[2], sys.argv[3:]
    by_endpoint = sorted(nodes, key=lambda node: "http://%s:%s" % (node, port))
    by_host = sorted(nodes)
    for line in sys.stdin:
        operation = json.loads(line)
        print(operation["op"], choose(operation["keys"], by_endpoint, cooked), choose(operation["keys"], by_host, cooked))


main()
