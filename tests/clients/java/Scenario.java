import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * What both libraries do alike: publish, read by cursor, share the work of a group, take over from
 * a dead consumer, publish and subscribe, go on after a restart.
 */
final class Scenario {
    private static final int PUBLISHED = 1000;
    private static final int ABANDONED = 10;
    private static final int MESSAGES = 100;
    /** Longest wait for anything, on a busy machine too. */
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final Supplier<StreamClient> another;
    private final StreamClient client;
    private final String stream;

    private Scenario(String name, Supplier<StreamClient> another) {
        this.another = another;
        client = another.get();
        stream = name.replace(' ', '-');
    }

    /** Plays the scenario; {@code another} makes one more client with the same options. */
    static void run(String name, Supplier<StreamClient> another) throws Exception {
        var scenario = new Scenario(name, another);
        String cursor = scenario.publishAndRead();
        scenario.share();
        scenario.takeOver();
        scenario.subscribe();
        scenario.restart(cursor);
        scenario.client.close();
        System.out.printf(
            "%s: %d published, %d read, %d shared by two, %d claimed, %d received, "
                + "%d read after a restart, ok%n",
            name, PUBLISHED, PUBLISHED, PUBLISHED, ABANDONED, MESSAGES, 2 * ABANDONED);
    }

    private String publishAndRead() throws Exception {
        var published = new LinkedHashMap<String, Integer>();
        for (var id : client.add(stream, numbers(0, PUBLISHED))) {
            published.put(id, published.size());
        }
        var seen = new LinkedHashMap<String, Integer>();
        String cursor = "0-0";
        while (seen.size() < PUBLISHED) {
            var entries = client.read(stream, cursor);
            expect("the stream ends", entries.isEmpty(), false);
            cursor = note(seen, entries);
        }
        expect("what was read", seen, published);
        expect("after the last", client.read(stream, cursor), List.of());
        return cursor;
    }

    private void share() {
        client.createGroup(stream);
        var seen = new LinkedHashMap<String, Integer>();
        long end = System.nanoTime() + PATIENCE_NANOS;
        for (int turn = 0; seen.size() < PUBLISHED; turn++) {
            expect("the group is slow", System.nanoTime() > end, false);
            var entries = client.readGroup(stream, turn % 2 == 0 ? "alice" : "bob");
            note(seen, entries);
            if (!entries.isEmpty()) {
                acknowledge(entries);
            }
        }
        expect("pending", client.pending(stream), Map.of());
    }

    private void takeOver() throws Exception {
        client.add(stream, numbers(PUBLISHED, ABANDONED));
        var carol = another.get();
        var seen = new LinkedHashMap<String, Integer>();
        long end = System.nanoTime() + PATIENCE_NANOS;
        while (seen.size() < ABANDONED && System.nanoTime() < end) {
            note(seen, carol.readGroup(stream, "carol"));
        }
        carol.close();
        expect("pending", client.pending(stream), Map.of("carol", (long) ABANDONED));

        var ids = new ArrayList<>(seen.keySet());
        var some = ids.subList(0, ABANDONED / 2);
        var claimed = client.claim(stream, "alice", some);
        expect("claimed", ids(claimed), some);
        acknowledge(claimed);
        claimed = client.autoClaim(stream, "bob");
        expect("claimed", ids(claimed), ids.subList(ABANDONED / 2, ABANDONED));
        acknowledge(claimed);
        expect("pending", client.pending(stream), Map.of());
    }

    private void subscribe() throws Exception {
        var received = new LinkedBlockingQueue<String>();
        var channel = stream + "-channel";
        var end = client.subscribe(channel, received::add);
        for (int n : numbers(0, MESSAGES)) {
            expect("receivers", client.publish(channel, Integer.toString(n)), 1L);
        }
        for (int n : numbers(0, MESSAGES)) {
            var payload = received.poll(PATIENCE_NANOS, TimeUnit.NANOSECONDS);
            expect("message", payload, Integer.toString(n));
        }
        end.run();
    }

    /**
     * Has the server restarted by whoever started this, and reads on with the client it had. Broken
     * connections are the client's own affair, but for the exception that shows them.
     */
    private void restart(String cursor) throws Exception {
        System.out.println("restart");
        System.in.read();
        var entries = patiently(() -> client.read(stream, cursor));
        expect("from before the restart", entries.size(), ABANDONED);
        var last = entries.get(ABANDONED - 1).id();
        client.add(stream, numbers(PUBLISHED + ABANDONED, ABANDONED));
        expect("from after the restart", client.read(stream, last).size(), ABANDONED);
        expect("in all", client.range(stream).size(), PUBLISHED + 2 * ABANDONED);
    }

    private static <T> T patiently(Callable<T> attempt) throws Exception {
        for (long end = System.nanoTime() + PATIENCE_NANOS;;) {
            try {
                return attempt.call();
            } catch (RuntimeException broken) {
                if (System.nanoTime() > end) {
                    throw broken;
                }
                TimeUnit.MILLISECONDS.sleep(50);
            }
        }
    }

    private void acknowledge(List<StreamClient.Entry> entries) {
        expect("acknowledged", client.acknowledge(stream, ids(entries)), (long) entries.size());
    }

    /** Adds entries to those that were seen, each once; returns the last id. */
    private static String note(Map<String, Integer> seen, List<StreamClient.Entry> entries) {
        String last = null;
        for (var entry : entries) {
            expect(entry.id() + " before", seen.put(entry.id(), entry.number()), null);
            last = entry.id();
        }
        return last;
    }

    private static List<String> ids(List<StreamClient.Entry> entries) {
        return entries.stream().map(StreamClient.Entry::id).toList();
    }

    private static List<Integer> numbers(int first, int count) {
        return IntStream.range(first, first + count).boxed().toList();
    }

    private static void expect(String what, Object found, Object wanted) {
        if (!Objects.equals(found, wanted)) {
            throw new AssertionError(what + ": " + found + " instead of " + wanted);
        }
    }
}
