// How ioredis says each command of the scenario.
'use strict';

const { GROUP, PAGE, BLOCK_MS } = require('./constants');

module.exports = ({ Redis }, port, password) => async () => {
  const client = new Redis({ port, password });
  // It reconnects by itself, and tells of each attempt that failed.
  client.on('error', () => {});
  const pairs = (entries) => entries.map(([id, fields]) => ({ id, number: Number(fields[1]) }));
  const first = (streams) => (streams === null ? [] : pairs(streams[0][1]));

  return {
    async add(stream, numbers) {
      const pipeline = client.pipeline();
      for (const number of numbers) pipeline.xadd(stream, '*', 'n', number);
      return (await pipeline.exec()).map(([error, id]) => {
        if (error) throw error;
        return id;
      });
    },
    async read(stream, after) {
      return first(await client.xread('COUNT', PAGE, 'STREAMS', stream, after));
    },
    range: async (stream) => pairs(await client.xrange(stream, '-', '+')),
    createGroup: (stream) => client.xgroup('CREATE', stream, GROUP, '0', 'MKSTREAM'),
    async readGroup(stream, consumer) {
      return first(await client.xreadgroup(
        'GROUP', GROUP, consumer, 'COUNT', PAGE, 'BLOCK', BLOCK_MS, 'STREAMS', stream, '>',
      ));
    },
    ack: (stream, ids) => client.xack(stream, GROUP, ...ids),
    async pending(stream) {
      const [, , , consumers] = await client.xpending(stream, GROUP);
      return Object.fromEntries((consumers ?? []).map(([name, count]) => [name, Number(count)]));
    },
    async claim(stream, consumer, ids) {
      return pairs(await client.xclaim(stream, GROUP, consumer, 0, ...ids));
    },
    async autoClaim(stream, consumer) {
      return pairs((await client.xautoclaim(stream, GROUP, consumer, 0, '0'))[1]);
    },
    publish: (channel, payload) => client.publish(channel, payload),
    async subscribe(channel, listener) {
      const subscriber = client.duplicate();
      subscriber.on('message', (_, payload) => listener(payload));
      await subscriber.subscribe(channel);
      return () => subscriber.quit();
    },
    close: () => client.quit(),
  };
};
