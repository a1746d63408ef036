// How node-redis says each command of the scenario.
'use strict';

const { GROUP, PAGE, BLOCK_MS } = require('./constants');

module.exports = ({ createClient }, port, password) => async () => {
  const client = createClient({ socket: { port }, password });
  // It reconnects by itself, and tells of each attempt that failed.
  client.on('error', () => {});
  await client.connect();
  const pairs = (entries) => entries.map(({ id, message }) => ({ id, number: Number(message.n) }));
  const first = (streams) => (streams === null ? [] : pairs(streams[0].messages));

  return {
    // Commands of one turn of the loop go out as one pipeline.
    add(stream, numbers) {
      return Promise.all(numbers.map((n) => client.xAdd(stream, '*', { n: `${n}` })));
    },
    read: async (stream, id) => first(await client.xRead({ key: stream, id }, { COUNT: PAGE })),
    range: async (stream) => pairs(await client.xRange(stream, '-', '+')),
    createGroup: (stream) => client.xGroupCreate(stream, GROUP, '0', { MKSTREAM: true }),
    async readGroup(stream, consumer) {
      const streams = { key: stream, id: '>' };
      const options = { COUNT: PAGE, BLOCK: BLOCK_MS };
      return first(await client.xReadGroup(GROUP, consumer, streams, options));
    },
    ack: (stream, ids) => client.xAck(stream, GROUP, ids),
    async pending(stream) {
      const { consumers } = await client.xPending(stream, GROUP);
      return Object.fromEntries((consumers ?? []).map((c) => [c.name, c.deliveriesCounter]));
    },
    async claim(stream, consumer, ids) {
      return pairs(await client.xClaim(stream, GROUP, consumer, 0, ids));
    },
    async autoClaim(stream, consumer) {
      return pairs((await client.xAutoClaim(stream, GROUP, consumer, 0, '0')).messages);
    },
    publish: (channel, payload) => client.publish(channel, payload),
    async subscribe(channel, listener) {
      const subscriber = client.duplicate();
      subscriber.on('error', () => {});
      await subscriber.connect();
      await subscriber.subscribe(channel, listener);
      return () => subscriber.close();
    },
    close: () => client.close(),
  };
};
