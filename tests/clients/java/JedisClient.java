import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;

import redis.clients.jedis.JedisPubSub;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.Response;
import redis.clients.jedis.StreamEntryID;
import redis.clients.jedis.params.XAddParams;
import redis.clients.jedis.params.XAutoClaimParams;
import redis.clients.jedis.params.XClaimParams;
import redis.clients.jedis.params.XReadGroupParams;
import redis.clients.jedis.params.XReadParams;
import redis.clients.jedis.resps.StreamEntry;

/** How Jedis says it. */
final class JedisClient implements StreamClient {
    private final RedisClient client;

    JedisClient(String uri) {
        client = RedisClient.create(URI.create(uri));
    }

    @Override
    public List<String> add(String stream, List<Integer> numbers) {
        try (var pipeline = client.pipelined()) {
            List<Response<StreamEntryID>> replies = numbers.stream()
                .map(n -> pipeline.xadd(stream, XAddParams.xAddParams(), Map.of("n", n.toString())))
                .toList();
            pipeline.sync();
            return replies.stream().map(reply -> reply.get().toString()).toList();
        }
    }

    @Override
    public List<Entry> read(String stream, String after) {
        var options = XReadParams.xReadParams().count(PAGE);
        return first(client.xread(options, Map.of(stream, new StreamEntryID(after))));
    }

    @Override
    public List<Entry> range(String stream) {
        return entries(client.xrange(stream, "-", "+"));
    }

    @Override
    public void createGroup(String stream) {
        client.xgroupCreate(stream, GROUP, new StreamEntryID("0-0"), true);
    }

    @Override
    public List<Entry> readGroup(String stream, String consumer) {
        var options = XReadGroupParams.xReadGroupParams().count(PAGE).block(BLOCK_MS);
        var streams = Map.of(stream, StreamEntryID.XREADGROUP_UNDELIVERED_ENTRY);
        return first(client.xreadGroup(GROUP, consumer, options, streams));
    }

    @Override
    public long acknowledge(String stream, List<String> ids) {
        return client.xack(stream, GROUP, typed(ids));
    }

    @Override
    public Map<String, Long> pending(String stream) {
        var consumers = client.xpending(stream, GROUP).getConsumerMessageCount();
        return consumers == null ? Map.of() : consumers;
    }

    @Override
    public List<Entry> claim(String stream, String consumer, List<String> ids) {
        var options = XClaimParams.xClaimParams();
        return entries(client.xclaim(stream, GROUP, consumer, 0, options, typed(ids)));
    }

    @Override
    public List<Entry> autoClaim(String stream, String consumer) {
        var options = XAutoClaimParams.xAutoClaimParams();
        var start = new StreamEntryID("0-0");
        return entries(client.xautoclaim(stream, GROUP, consumer, 0, start, options).getValue());
    }

    @Override
    public long publish(String channel, String payload) {
        return client.publish(channel, payload);
    }

    @Override
    public Runnable subscribe(String channel, Consumer<String> listener) throws Exception {
        var confirmed = new CountDownLatch(1);
        var subscription = new JedisPubSub() {
            @Override
            public void onSubscribe(String name, int count) {
                confirmed.countDown();
            }

            @Override
            public void onMessage(String name, String payload) {
                listener.accept(payload);
            }
        };
        var thread = new Thread(() -> client.subscribe(subscription, channel));
        thread.setDaemon(true);
        thread.start();
        confirmed.await();
        return subscription::unsubscribe;
    }

    @Override
    public void close() {
        client.close();
    }

    private static List<Entry> first(List<Map.Entry<String, List<StreamEntry>>> streams) {
        return streams == null ? List.of() : entries(streams.get(0).getValue());
    }

    private static List<Entry> entries(List<StreamEntry> entries) {
        return entries.stream().map(JedisClient::entry).toList();
    }

    private static Entry entry(StreamEntry entry) {
        return new Entry(entry.getID().toString(), Integer.parseInt(entry.getFields().get("n")));
    }

    private static StreamEntryID[] typed(List<String> ids) {
        return ids.stream().map(StreamEntryID::new).toArray(StreamEntryID[]::new);
    }
}
