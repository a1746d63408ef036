"""What every way of redis-py does alike: publish, read by cursor, share the work of a group, take
over from a dead consumer, publish and subscribe, go on after a restart."""

import inspect
import sys
import time

import redis

PUBLISHED, ABANDONED, MESSAGES = 1000, 10, 100
GROUP = "readers"
PAGE = 100
BLOCK_MS = 2000
# Longest wait for anything, on a busy machine too.
PATIENCE = 30


async def run(way, another):
    """Plays the scenario; `another` makes one more client with the same options."""
    name = f"redis-py {redis.__version__} {way}"
    stream = name.replace(" ", "-")
    client = another()
    cursor = await publish_and_read(client, stream)
    await share(client, stream)
    await take_over(client, another(), stream)
    await subscribe(client, stream + "-channel")
    await restart(client, stream, cursor)
    await close(client)
    print(
        f"{name}: {PUBLISHED} published, {PUBLISHED} read, {PUBLISHED} shared by two, "
        f"{ABANDONED} claimed, {MESSAGES} received, {2 * ABANDONED} read after a restart, ok"
    )


async def publish_and_read(client, stream):
    ids = await publish(client, stream, range(PUBLISHED))
    cursor, seen = b"0", {}
    while len(seen) < PUBLISHED:
        entries = await read(client, stream, cursor)
        assert entries, f"the stream ends after {len(seen)} entries"
        cursor = note(seen, entries)
    expect(seen, {entry_id: b"%d" % n for n, entry_id in enumerate(ids)})
    expect(await read(client, stream, cursor), [])
    return cursor


async def share(client, stream):
    await settled(client.xgroup_create(stream, GROUP, id="0", mkstream=True))
    seen, turn, end = {}, 0, time.monotonic() + PATIENCE
    while len(seen) < PUBLISHED:
        assert time.monotonic() < end, f"the group has delivered only {len(seen)} entries"
        entries = await read_group(client, stream, ("alice", "bob")[turn % 2])
        turn += 1
        note(seen, entries)
        if entries:
            await acknowledge(client, stream, entries)
    expect(await pending(client, stream), {})


async def take_over(client, carol, stream):
    await publish(client, stream, range(PUBLISHED, PUBLISHED + ABANDONED))
    seen, end = {}, time.monotonic() + PATIENCE
    while len(seen) < ABANDONED and time.monotonic() < end:
        note(seen, await read_group(carol, stream, "carol"))
    await close(carol)
    expect(await pending(client, stream), {b"carol": ABANDONED})

    some = list(seen)[: ABANDONED // 2]
    claimed = await settled(client.xclaim(stream, GROUP, "alice", 0, some))
    expect([entry_id for entry_id, _ in claimed], some)
    await acknowledge(client, stream, claimed)
    claimed = (await settled(client.xautoclaim(stream, GROUP, "bob", 0)))[1]
    expect([entry_id for entry_id, _ in claimed], list(seen)[ABANDONED // 2 :])
    await acknowledge(client, stream, claimed)
    expect(await pending(client, stream), {})


async def subscribe(client, channel):
    subscription = client.pubsub()
    await settled(subscription.subscribe(channel))
    expect((await message(subscription))["type"], "subscribe")
    for n in range(MESSAGES):
        expect(await settled(client.publish(channel, n)), 1)
    for n in range(MESSAGES):
        expect((await message(subscription))["data"], b"%d" % n)
    await close(subscription)


async def message(subscription):
    found = await settled(subscription.get_message(timeout=PATIENCE))
    assert found, "no message came"
    return found


async def restart(client, stream, cursor):
    """Has the server restarted by whoever started this, and reads on with the client it had.

    Broken connections are the client's own affair, but for the error that shows them.
    """
    print("restart", flush=True)
    sys.stdin.readline()
    end = time.monotonic() + PATIENCE
    while True:
        try:
            entries = await read(client, stream, cursor)
            break
        except redis.ConnectionError:
            if time.monotonic() > end:
                raise
            time.sleep(0.05)
    expect(len(entries), ABANDONED)
    cursor = note({}, entries)
    await publish(client, stream, range(PUBLISHED + ABANDONED, PUBLISHED + 2 * ABANDONED))
    expect(len(await read(client, stream, cursor)), ABANDONED)
    expect(len(await settled(client.xrange(stream))), PUBLISHED + 2 * ABANDONED)


async def publish(client, stream, numbers):
    pipe = client.pipeline(transaction=False)
    for n in numbers:
        pipe.xadd(stream, {"n": n})
    return await settled(pipe.execute())


async def read(client, stream, after):
    return entries_of(await settled(client.xread({stream: after}, count=PAGE)))


async def read_group(client, stream, consumer):
    reply = client.xreadgroup(GROUP, consumer, {stream: ">"}, count=PAGE, block=BLOCK_MS)
    return entries_of(await settled(reply))


async def acknowledge(client, stream, entries):
    ids = [entry_id for entry_id, _ in entries]
    expect(await settled(client.xack(stream, GROUP, *ids)), len(ids))


async def pending(client, stream):
    found = await settled(client.xpending(stream, GROUP))
    return {consumer["name"]: consumer["pending"] for consumer in found["consumers"]}


async def close(closable):
    close = getattr(closable, "aclose", None) or closable.close
    await settled(close())


async def settled(reply):
    """The reply itself; asyncio's methods only promise one."""
    return await reply if inspect.isawaitable(reply) else reply


def entries_of(reply):
    """The entries of the one stream: RESP2 has a list of pairs, RESP3 a map of lists of pages."""
    if isinstance(reply, dict):
        return [entry for pages in reply.values() for page in pages for entry in page]
    return [entry for _, entries in reply for entry in entries]


def note(seen, entries):
    """Adds entries to those that were seen, each once; returns the last id."""
    for entry_id, fields in entries:
        assert entry_id not in seen, f"{entry_id} came twice"
        seen[entry_id] = fields[b"n"]
    return entries[-1][0] if entries else None


def expect(found, wanted):
    assert found == wanted, f"{found} instead of {wanted}"
