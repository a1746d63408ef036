import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** A library's own way to say each command of the scenario. */
interface StreamClient {
    String GROUP = "readers";
    /** Entries of one reply. */
    int PAGE = 100;
    int BLOCK_MS = 2000;

    /** An entry of a stream: its number is its one field. */
    record Entry(String id, int number) {}

    /** Publishes in one pipeline. */
    List<String> add(String stream, List<Integer> numbers) throws Exception;

    List<Entry> read(String stream, String after);

    List<Entry> range(String stream);

    void createGroup(String stream);

    List<Entry> readGroup(String stream, String consumer);

    long acknowledge(String stream, List<String> ids);

    Map<String, Long> pending(String stream);

    List<Entry> claim(String stream, String consumer, List<String> ids);

    List<Entry> autoClaim(String stream, String consumer);

    long publish(String channel, String payload);

    /** Returns once the subscription is confirmed; running what it returns ends it. */
    Runnable subscribe(String channel, Consumer<String> listener) throws Exception;

    void close();
}
