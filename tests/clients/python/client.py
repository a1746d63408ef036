"""redis-py against the gateway, with default options except protocol and password.

usage: client.py PORT WAY scenario [PASSWORD]   streams, groups, channels: see scenario.py
       client.py PORT WAY databus DSN           publishes with SET and reads back with MGET

WAY is `2` or `3`, the protocol, or `asyncio`.
"""

import asyncio
import json
import sys

import redis
import redis.asyncio

import scenario


def databus(client):
    # The group starts at the newest message: the first MGET joins before anything is published.
    assert client.execute_command("MGET", "json") == []
    assert client.set("key", '{"n":1}') is True
    # A busy broker may need longer than one MGET waits.
    found = (client.execute_command("MGET", "json") for _ in range(20))
    for message in next(filter(None, found), []):
        message = json.loads(message)
        print(message["key"], message["value"], message["topic"])
        assert client.execute_command("SET", message["partition"], message["offset"]) is True


def main():
    port, way, scene, *password = sys.argv[1:]
    password = password[0] if password else None

    def connect():
        if way == "asyncio":
            return redis.asyncio.Redis(port=int(port), password=password)
        return redis.Redis(port=int(port), protocol=int(way), password=password)

    if scene == "databus":
        databus(connect())
    else:
        asyncio.run(scenario.run(way if way == "asyncio" else f"RESP{way}", connect))


main()
