"""redis-py against the gateway, with default options except protocol and password.

usage: client.py PORT PROTOCOL stream [PASSWORD]     publishes with XADD and reads back
       client.py PORT PROTOCOL databus DSN           publishes with SET and reads back with MGET
"""

import json
import sys

import redis


def stream(client):
    client.xadd("python", {"greeting": "hello", "from": "redis-py"})
    client.xadd("python", {"value": b"\x00\xff"})
    entries = client.xrange("python")
    read = client.xread({"python": "0"}, count=1)
    streams = read.items() if isinstance(read, dict) else read
    first = [entry for _, found in streams for entry in found]
    first = first[0] if isinstance(first[0], list) else first
    assert client.xlen("python") == 2
    assert first == entries[:1], (first, entries)
    with client.pipeline(transaction=False) as pipe:
        for n in range(100):
            pipe.xadd("python-pipeline", {"n": n})
        assert len(pipe.execute()) == 100
    for entry_id, fields in entries:
        print(entry_id.decode(), fields)


def databus(client):
    # The group starts at the newest message: the first MGET joins before anything is published.
    assert client.execute_command("MGET", "json") == []
    assert client.set("key", '{"n":1}') is True
    for message in client.execute_command("MGET", "json"):
        message = json.loads(message)
        print(message["key"], message["value"], message["topic"])
        assert client.execute_command("SET", message["partition"], message["offset"]) is True


def main():
    port, protocol, scene, *password = sys.argv[1:]
    password = password[0] if password else None
    client = redis.Redis(port=int(port), protocol=int(protocol), password=password)
    assert client.ping()
    {"stream": stream, "databus": databus}[scene](client)


main()
