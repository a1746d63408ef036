import io.lettuce.core.Consumer;
import io.lettuce.core.LettuceFutures;
import io.lettuce.core.Range;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.StreamMessage;
import io.lettuce.core.XAutoClaimArgs;
import io.lettuce.core.XGroupCreateArgs;
import io.lettuce.core.XReadArgs;
import io.lettuce.core.XReadArgs.StreamOffset;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.pubsub.RedisPubSubAdapter;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/** How Lettuce says it. */
final class LettuceClient implements StreamClient {
    private final RedisClient client;
    private final StatefulRedisConnection<String, String> connection;
    private final RedisCommands<String, String> commands;

    LettuceClient(String uri) {
        client = RedisClient.create(uri);
        connection = client.connect();
        commands = connection.sync();
    }

    @Override
    public List<String> add(String stream, List<Integer> numbers) throws Exception {
        // Commands that nobody waits for in between go out as one pipeline.
        List<RedisFuture<String>> replies =
            numbers.stream().map(n -> connection.async().xadd(stream, "n", n.toString())).toList();
        LettuceFutures.awaitAll(Duration.ofSeconds(30), replies.toArray(RedisFuture[]::new));
        return replies.stream().map(reply -> reply.toCompletableFuture().join()).toList();
    }

    @Override
    @SuppressWarnings("unchecked") // arrays of generics, which the library asks for
    public List<Entry> read(String stream, String after) {
        var options = XReadArgs.Builder.count(PAGE);
        return entries(commands.xread(options, StreamOffset.from(stream, after)));
    }

    @Override
    public List<Entry> range(String stream) {
        return entries(commands.xrange(stream, Range.unbounded()));
    }

    @Override
    public void createGroup(String stream) {
        var options = XGroupCreateArgs.Builder.mkstream();
        commands.xgroupCreate(StreamOffset.from(stream, "0"), GROUP, options);
    }

    @Override
    @SuppressWarnings("unchecked")
    public List<Entry> readGroup(String stream, String consumer) {
        var options = XReadArgs.Builder.count(PAGE).block(BLOCK_MS);
        return entries(commands.xreadgroup(
            Consumer.from(GROUP, consumer), options, StreamOffset.lastConsumed(stream)));
    }

    @Override
    public long acknowledge(String stream, List<String> ids) {
        return commands.xack(stream, GROUP, ids.toArray(String[]::new));
    }

    @Override
    public Map<String, Long> pending(String stream) {
        return commands.xpending(stream, GROUP).getConsumerMessageCount();
    }

    @Override
    public List<Entry> claim(String stream, String consumer, List<String> ids) {
        var claimer = Consumer.from(GROUP, consumer);
        return entries(commands.xclaim(stream, claimer, 0, ids.toArray(String[]::new)));
    }

    @Override
    public List<Entry> autoClaim(String stream, String consumer) {
        var options = XAutoClaimArgs.Builder.xautoclaim(Consumer.from(GROUP, consumer), 0, "0-0");
        return entries(commands.xautoclaim(stream, options).getMessages());
    }

    @Override
    public long publish(String channel, String payload) {
        return commands.publish(channel, payload);
    }

    @Override
    public Runnable subscribe(String channel, java.util.function.Consumer<String> listener) {
        var subscription = client.connectPubSub();
        subscription.addListener(new RedisPubSubAdapter<>() {
            @Override
            public void message(String name, String payload) {
                listener.accept(payload);
            }
        });
        subscription.sync().subscribe(channel);
        return subscription::close;
    }

    @Override
    public void close() {
        connection.close();
        // By default it waits two seconds for late work, of which there is none.
        client.shutdown(Duration.ZERO, Duration.ofSeconds(5));
    }

    private static List<Entry> entries(List<StreamMessage<String, String>> messages) {
        return messages.stream().map(LettuceClient::entry).toList();
    }

    private static Entry entry(StreamMessage<String, String> message) {
        return new Entry(message.getId(), Integer.parseInt(message.getBody().get("n")));
    }
}
