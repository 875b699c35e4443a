#!/usr/bin/env python3
"""Sends writes through ScyllaDB's own Python client, with key affinity for any write.

    python_client.py SEED PORT < operations

Each line of the input is one operation as JSON: {"op": N, "keys": [{"S": "…"}, …]}; one key is a PutItem, several are
a BatchWriteItem. Every item carries its operation's number, so that whoever serves the nodes knows who got what.
"""
import json, sys

from alternator import AlternatorClient, Auth, Config, KeyRouteAffinityConfig, KeyRouteAffinityMode


def wire(key):
    """boto3 takes binary values as bytes and encodes them itself."""
    import base64
    return {"B": base64.b64decode(key["B"])} if "B" in key else key


def main():
    seed, port = sys.argv[1], int(sys.argv[2])
    affinity = KeyRouteAffinityConfig(KeyRouteAffinityMode.ANY_WRITE, {"agreement": "pk"})
    config = Config(seed_hosts=[seed], port=port, key_affinity=affinity)
    with AlternatorClient(config, auth=Auth.disabled()) as client:
        for line in sys.stdin:
            operation = json.loads(line)
            items = [{"pk": wire(key), "op": {"S": str(operation["op"])}} for key in operation["keys"]]
            if len(items) == 1:
                client.put_item(TableName="agreement", Item=items[0])
            else:
                client.batch_write_item(
                    RequestItems={"agreement": [{"PutRequest": {"Item": item}} for item in items]})


main()
