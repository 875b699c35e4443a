"""Measures the Python clients the way Bench measures this package: the same item, the same closed loop.

python_peer.py CLIENT [-c CONCURRENCY] [-t SECONDS] [-p PORT] [--op get|query]
CLIENT: boto3, boto3-resource (threads), alternator-sync (threads), alternator-async (tasks).
"""
import argparse
import asyncio
import resource
import threading
import time

WARM_UP = 1.0
TABLE = "bench_accounts"
KEY = {"pk": {"S": "user#123456"}, "sk": {"S": "profile"}}
QUERY = {
    "TableName": TABLE,
    "KeyConditionExpression": "pk = :p",
    "ExpressionAttributeValues": {":p": {"S": "user#123456"}},
}


class Run:
    """One measured stretch: latencies and CPU after the warm-up."""

    def __init__(self, seconds):
        self.begin = time.perf_counter() + WARM_UP
        self.end = self.begin + seconds
        self.seconds = seconds
        self.cpu_before = None
        self.lock = threading.Lock()

    @staticmethod
    def cpu():
        use = resource.getrusage(resource.RUSAGE_SELF)
        return (use.ru_utime + use.ru_stime) * 1e6

    def note(self, latencies, last, now):
        if now < self.begin:
            return
        if self.cpu_before is None:
            with self.lock:
                self.cpu_before = self.cpu_before or self.cpu()
        latencies.append(now - last)

    def report(self, latencies):
        cpu = self.cpu() - self.cpu_before
        latencies.sort()
        count = len(latencies)
        print(
            f"RESULT requests={count} secs={self.seconds:.3f} rps={count / self.seconds:.0f} "
            f"p50={latencies[count // 2] * 1e6:.1f} p99={latencies[count * 99 // 100] * 1e6:.1f} "
            f"cpu_us={cpu / count:.2f}"
        )


def run_threads(options, call):
    run = Run(options.t)
    lanes = [[] for _ in range(options.c)]

    def lane(latencies):
        last = time.perf_counter()
        while last < run.end:
            call()
            now = time.perf_counter()
            run.note(latencies, last, now)
            last = now

    threads = [threading.Thread(target=lane, args=(latencies,)) for latencies in lanes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    run.report([latency for latencies in lanes for latency in latencies])


async def run_tasks(options, call):
    run = Run(options.t)
    latencies = []

    async def lane():
        last = time.perf_counter()
        while last < run.end:
            await call()
            now = time.perf_counter()
            run.note(latencies, last, now)
            last = now

    await asyncio.gather(*[lane() for _ in range(options.c)])
    run.report(latencies)


def boto3_arguments(options):
    from botocore.config import Config

    return {
        "endpoint_url": f"http://127.0.0.1:{options.p}",
        "region_name": "us-east-1",
        "aws_access_key_id": "cassandra",
        "aws_secret_access_key": "secret",
        "config": Config(max_pool_connections=200),
    }


def boto3_client(options):
    import boto3

    client = boto3.client("dynamodb", **boto3_arguments(options))
    if options.op == "query":
        run_threads(options, lambda: client.query(**QUERY))
    else:
        run_threads(options, lambda: client.get_item(TableName=TABLE, Key=KEY))


def boto3_resource(options):
    import boto3
    from boto3.dynamodb.conditions import Key

    table = boto3.resource("dynamodb", **boto3_arguments(options)).Table(TABLE)
    if options.op == "query":
        run_threads(options, lambda: table.query(KeyConditionExpression=Key("pk").eq("user#123456")))
    else:
        run_threads(options, lambda: table.get_item(Key={"pk": "user#123456", "sk": "profile"}))


def alternator_sync(options):
    from alternator import AlternatorClient, Auth, Config

    config = Config(seed_hosts=["127.0.0.1"], port=options.p)
    with AlternatorClient(config, auth=Auth.static_credentials("cassandra", "secret")) as client:
        if options.op == "query":
            run_threads(options, lambda: client.query(**QUERY))
        else:
            run_threads(options, lambda: client.get_item(TableName=TABLE, Key=KEY))


async def alternator_async(options):
    from alternator import Auth, Config
    from alternator.async_client import AsyncAlternatorClient

    config = Config(seed_hosts=["127.0.0.1"], port=options.p)
    async with AsyncAlternatorClient(config, auth=Auth.static_credentials("cassandra", "secret")) as client:
        if options.op == "query":
            await run_tasks(options, lambda: client.query(**QUERY))
        else:
            await run_tasks(options, lambda: client.get_item(TableName=TABLE, Key=KEY))


def main():
    clients = {
        "boto3": boto3_client,
        "boto3-resource": boto3_resource,
        "alternator-sync": alternator_sync,
        "alternator-async": lambda options: asyncio.run(alternator_async(options)),
    }
    parser = argparse.ArgumentParser()
    parser.add_argument("client", choices=clients)
    parser.add_argument("-c", type=int, default=16)
    parser.add_argument("-t", type=float, default=2)
    parser.add_argument("-p", type=int, default=8000)
    parser.add_argument("--op", choices=["get", "query"], default="get")
    options = parser.parse_args()
    clients[options.client](options)


main()
