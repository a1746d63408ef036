<?php
/*
 * Predis against the gateway by raw commands, with default options except port and password:
 * publish, read by cursor, share the work of a group, take over from a dead consumer, publish and
 * subscribe, go on after a restart.
 *
 * usage: client.php PORT [PASSWORD]
 */

declare(strict_types=1);

require 'Predis/autoload.php';

const PUBLISHED = 1000;
const ABANDONED = 10;
const MESSAGES = 100;
const GROUP = 'readers';
const PAGE = 100;
const BLOCK_MS = 2000;
// Longest wait for anything, on a busy machine too.
const PATIENCE_SECS = 30;

function main(string $port, ?string $password = null): void
{
    $another = fn (array $more = []): Predis\Client => new Predis\Client(
        ['port' => (int) $port] + ($password === null ? [] : ['password' => $password]) + $more
    );
    $stream = 'predis-' . Predis\Client::VERSION;
    $client = $another();
    $cursor = publishAndRead($client, $stream);
    share($client, $stream);
    takeOver($client, $another(), $stream);
    subscribe($client, $another(['read_write_timeout' => PATIENCE_SECS]), "$stream-channel");
    restart($client, $stream, $cursor);
    printf(
        "predis %s: %d published, %d read, %d shared by two, %d claimed, %d received, "
            . "%d read after a restart, ok\n",
        Predis\Client::VERSION, PUBLISHED, PUBLISHED, PUBLISHED, ABANDONED, MESSAGES, 2 * ABANDONED
    );
}

function publishAndRead(Predis\Client $client, string $stream): string
{
    $ids = publish($client, $stream, range(0, PUBLISHED - 1));
    [$seen, $cursor] = [[], '0'];
    while (count($seen) < PUBLISHED) {
        $entries = read($client, $stream, $cursor);
        expect($entries !== [], true, 'the stream ends after ' . count($seen));
        $cursor = note($seen, $entries);
    }
    expect($seen, array_combine($ids, array_map('strval', range(0, PUBLISHED - 1))), 'entries');
    expect(read($client, $stream, $cursor), [], 'after the last');

    return $cursor;
}

function share(Predis\Client $client, string $stream): void
{
    expect(raw($client, 'XGROUP', 'CREATE', $stream, GROUP, '0', 'MKSTREAM'), 'OK', 'the group');
    [$seen, $end] = [[], time() + PATIENCE_SECS];
    for ($turn = 0; count($seen) < PUBLISHED; $turn++) {
        expect(time() < $end, true, 'the group has delivered only ' . count($seen));
        $entries = readGroup($client, $stream, ['alice', 'bob'][$turn % 2]);
        note($seen, $entries);
        if ($entries !== []) {
            acknowledge($client, $stream, $entries);
        }
    }
    expect(pending($client, $stream), [], 'pending');
}

function takeOver(Predis\Client $client, Predis\Client $carol, string $stream): void
{
    publish($client, $stream, range(PUBLISHED, PUBLISHED + ABANDONED - 1));
    [$seen, $end] = [[], time() + PATIENCE_SECS];
    while (count($seen) < ABANDONED && time() < $end) {
        note($seen, readGroup($carol, $stream, 'carol'));
    }
    $carol->disconnect();
    expect(pending($client, $stream), ['carol' => ABANDONED], 'pending');

    $ids = array_keys($seen);
    $some = array_slice($ids, 0, intdiv(ABANDONED, 2));
    $claimed = raw($client, 'XCLAIM', $stream, GROUP, 'alice', 0, ...$some);
    expect(array_column($claimed, 0), $some, 'claimed');
    acknowledge($client, $stream, $claimed);
    $claimed = raw($client, 'XAUTOCLAIM', $stream, GROUP, 'bob', 0, '0')[1];
    expect(array_column($claimed, 0), array_slice($ids, intdiv(ABANDONED, 2)), 'claimed');
    acknowledge($client, $stream, $claimed);
    expect(pending($client, $stream), [], 'pending');
}

function subscribe(Predis\Client $client, Predis\Client $subscriber, string $channel): void
{
    $subscription = $subscriber->pubSubLoop(['subscribe' => $channel]);
    expect($subscription->current()->kind, 'subscribe', 'the first message');
    for ($n = 0; $n < MESSAGES; $n++) {
        expect(raw($client, 'PUBLISH', $channel, $n), 1, 'receivers');
    }
    for ($n = 0; $n < MESSAGES; $n++) {
        expect($subscription->current()->payload, (string) $n, 'message');
    }
    $subscription->stop(true);
}

/*
 * Has the server restarted by whoever started this, and reads on with the client it had. Predis
 * connects again at the next command after one that has failed.
 */
function restart(Predis\Client $client, string $stream, string $cursor): void
{
    echo "restart\n";
    fgets(STDIN);
    $end = time() + PATIENCE_SECS;
    do {
        try {
            $entries = read($client, $stream, $cursor);
        } catch (Predis\Connection\ConnectionException $broken) {
            if (time() > $end) {
                throw $broken;
            }
            usleep(50_000);
        }
    } while (!isset($entries));
    expect(count($entries), ABANDONED, 'entries from before the restart');
    $last = $entries[ABANDONED - 1][0];
    publish($client, $stream, range(PUBLISHED + ABANDONED, PUBLISHED + 2 * ABANDONED - 1));
    expect(count(read($client, $stream, $last)), ABANDONED, 'entries from after it');
    expect(count(raw($client, 'XRANGE', $stream, '-', '+')), PUBLISHED + 2 * ABANDONED, 'in all');
}

function publish(Predis\Client $client, string $stream, array $numbers): array
{
    return $client->pipeline(function ($pipe) use ($stream, $numbers) {
        foreach ($numbers as $n) {
            $pipe->executeCommand(new Predis\Command\RawCommand(['XADD', $stream, '*', 'n', $n]));
        }
    });
}

function read(Predis\Client $client, string $stream, string $after): array
{
    return raw($client, 'XREAD', 'COUNT', PAGE, 'STREAMS', $stream, $after)[0][1] ?? [];
}

function readGroup(Predis\Client $client, string $stream, string $consumer): array
{
    return raw(
        $client, 'XREADGROUP', 'GROUP', GROUP, $consumer, 'COUNT', PAGE, 'BLOCK', BLOCK_MS,
        'STREAMS', $stream, '>'
    )[0][1] ?? [];
}

function acknowledge(Predis\Client $client, string $stream, array $entries): void
{
    $ids = array_column($entries, 0);
    expect(raw($client, 'XACK', $stream, GROUP, ...$ids), count($ids), 'acknowledged');
}

function pending(Predis\Client $client, string $stream): array
{
    $consumers = raw($client, 'XPENDING', $stream, GROUP)[3] ?? [];

    return array_map('intval', array_column($consumers, 1, 0));
}

function raw(Predis\Client $client, string|int ...$arguments): mixed
{
    $reply = $client->executeRaw($arguments, $failed);
    expect($failed, false, is_string($reply) ? $reply : 'an error');

    return $reply;
}

/* Adds entries to those that were seen, each once; returns the last id. */
function note(array &$seen, array $entries): ?string
{
    foreach ($entries as [$id, $fields]) {
        expect(isset($seen[$id]), false, "$id came twice");
        $seen[$id] = $fields[1];
    }

    return $id ?? null;
}

function expect(mixed $found, mixed $wanted, string $what): void
{
    if ($found !== $wanted) {
        throw new LogicException(
            "$what: " . json_encode($found) . ' instead of ' . json_encode($wanted)
        );
    }
}

main(...array_slice($argv, 1));
