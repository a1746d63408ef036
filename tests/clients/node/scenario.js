// What both libraries do alike: publish, read by cursor, share the work of a group, take over from
// a dead consumer, publish and subscribe, go on after a restart.
'use strict';

const assert = require('node:assert/strict');
const { once } = require('node:events');
const { setTimeout: sleep } = require('node:timers/promises');

const { PATIENCE_MS, PUBLISHED, ABANDONED, MESSAGES } = require('./constants');

/** Plays the scenario; `another` makes one more client with the same options. */
module.exports = async function run(name, another) {
  const stream = name.replace(' ', '-');
  const client = await another();
  const cursor = await publishAndRead(client, stream);
  await share(client, stream);
  await takeOver(client, await another(), stream);
  await subscribe(client, `${stream}-channel`);
  await restart(client, stream, cursor);
  await client.close();
  console.log(
    `${name}: ${PUBLISHED} published, ${PUBLISHED} read, ${PUBLISHED} shared by two, `
      + `${ABANDONED} claimed, ${MESSAGES} received, ${2 * ABANDONED} read after a restart, ok`,
  );
};

async function publishAndRead(client, stream) {
  const ids = await client.add(stream, numbers(0, PUBLISHED));
  const seen = new Map();
  let cursor = '0';
  while (seen.size < PUBLISHED) {
    const entries = await client.read(stream, cursor);
    assert.notEqual(entries.length, 0, `the stream ends after ${seen.size} entries`);
    cursor = note(seen, entries);
  }
  assert.deepEqual(seen, new Map(ids.map((id, number) => [id, number])));
  assert.deepEqual(await client.read(stream, cursor), []);
  return cursor;
}

async function share(client, stream) {
  await client.createGroup(stream);
  const seen = new Map();
  const end = Date.now() + PATIENCE_MS;
  for (let turn = 0; seen.size < PUBLISHED; turn += 1) {
    assert(Date.now() < end, `the group has delivered only ${seen.size} entries`);
    const entries = await client.readGroup(stream, ['alice', 'bob'][turn % 2]);
    note(seen, entries);
    if (entries.length > 0) await acknowledge(client, stream, entries);
  }
  assert.deepEqual(await client.pending(stream), {});
}

async function takeOver(client, carol, stream) {
  await client.add(stream, numbers(PUBLISHED, ABANDONED));
  const seen = new Map();
  const end = Date.now() + PATIENCE_MS;
  while (seen.size < ABANDONED && Date.now() < end) {
    note(seen, await carol.readGroup(stream, 'carol'));
  }
  await carol.close();
  assert.deepEqual(await client.pending(stream), { carol: ABANDONED });

  const ids = [...seen.keys()];
  const some = ids.slice(0, ABANDONED / 2);
  let claimed = await client.claim(stream, 'alice', some);
  assert.deepEqual(claimed.map(({ id }) => id), some);
  await acknowledge(client, stream, claimed);
  claimed = await client.autoClaim(stream, 'bob');
  assert.deepEqual(claimed.map(({ id }) => id), ids.slice(ABANDONED / 2));
  await acknowledge(client, stream, claimed);
  assert.deepEqual(await client.pending(stream), {});
}

async function subscribe(client, channel) {
  const received = [];
  const end = await client.subscribe(channel, (payload) => received.push(payload));
  const sent = numbers(0, MESSAGES).map(String);
  for (const payload of sent) assert.equal(await client.publish(channel, payload), 1);
  for (const late = Date.now() + PATIENCE_MS; received.length < MESSAGES && Date.now() < late;) {
    await sleep(5);
  }
  assert.deepEqual(received, sent);
  await end();
}

/**
 * Has the server restarted by whoever started this, and reads on with the client it had. Broken
 * connections are the client's own affair, but for the error that shows them.
 */
async function restart(client, stream, cursor) {
  console.log('restart');
  await once(process.stdin, 'data');
  process.stdin.pause();
  const entries = await patiently(() => client.read(stream, cursor));
  assert.equal(entries.length, ABANDONED, 'entries from before the restart');
  const last = note(new Map(), entries);
  await client.add(stream, numbers(PUBLISHED + ABANDONED, ABANDONED));
  assert.equal((await client.read(stream, last)).length, ABANDONED, 'entries from after it');
  assert.equal((await client.range(stream)).length, PUBLISHED + 2 * ABANDONED);
}

async function patiently(attempt) {
  for (const end = Date.now() + PATIENCE_MS; ;) {
    try {
      return await attempt();
    } catch (error) {
      if (Date.now() > end) throw error;
      await sleep(50);
    }
  }
}

async function acknowledge(client, stream, entries) {
  assert.equal(await client.ack(stream, entries.map(({ id }) => id)), entries.length);
}

/** Adds entries to those that were seen, each once; returns the last id. */
function note(seen, entries) {
  for (const { id, number } of entries) {
    assert(!seen.has(id), `${id} came twice`);
    seen.set(id, number);
  }
  return entries.at(-1)?.id;
}

function numbers(first, count) {
  return Array.from({ length: count }, (_, n) => first + n);
}
