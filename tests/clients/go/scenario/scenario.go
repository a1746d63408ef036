// Package scenario is what every go-redis version does alike: publish, read by cursor, share the
// work of a group, take over from a dead consumer, publish and subscribe, go on after a restart.
package scenario

import (
	"bufio"
	"fmt"
	"log"
	"os"
	"runtime/debug"
	"strconv"
	"strings"
	"time"
)

const (
	published = 1000
	abandoned = 10
	messages  = 100
	// Entries of one reply.
	Page = 100
	// Longest wait of one blocking read.
	Block = 2 * time.Second
	// Longest wait for anything, on a busy machine too.
	patience = 30 * time.Second
	Group    = "readers"
)

// Entry of a stream: its number is its one field.
type Entry struct {
	ID     string
	Number int
}

// Client is one version of go-redis: no more than its own way to say each command.
type Client interface {
	Add(stream string, numbers []int) ([]string, error)
	Read(stream, after string) ([]Entry, error)
	Range(stream string) ([]Entry, error)
	CreateGroup(stream string) error
	ReadGroup(stream, consumer string) ([]Entry, error)
	Ack(stream string, ids []string) (int64, error)
	Pending(stream string) (map[string]int64, error)
	Claim(stream, consumer string, ids []string) ([]Entry, error)
	AutoClaim(stream, consumer string) ([]Entry, error)
	Publish(channel, payload string) (int64, error)
	// Subscribe returns once the subscription is confirmed.
	Subscribe(channel string) (<-chan string, func() error, error)
	Close() error
}

// Run plays the scenario with this module; another makes one more client with the same options.
func Run(module string, another func() Client) {
	version := versionOf(module)
	stream := "go-redis-" + version
	client := another()
	cursor := publishAndRead(client, stream)
	share(client, stream)
	takeOver(client, another, stream)
	subscribe(client, stream)
	restart(client, stream, cursor)
	check(client.Close())
	fmt.Printf("go-redis %s: %d published, %d read, %d shared by two, %d claimed, %d received, "+
		"%d read after a restart, ok\n",
		version, published, published, published, abandoned, messages, 2*abandoned)
}

func versionOf(module string) string {
	info, _ := debug.ReadBuildInfo()
	for _, dependency := range info.Deps {
		if dependency.Path == module {
			version, _, _ := strings.Cut(dependency.Version, "+")
			return version
		}
	}
	return "unknown"
}

func publishAndRead(client Client, stream string) string {
	ids := must(client.Add(stream, numbers(0, published)))
	expect("ids", len(ids), published)
	cursor, seen := "0", map[string]int{}
	for len(seen) < published {
		entries := must(client.Read(stream, cursor))
		if len(entries) == 0 {
			log.Fatalf("the stream ends after %d entries", len(seen))
		}
		cursor = note(seen, entries)
	}
	for number, id := range ids {
		expect("entry "+id, seen[id], number)
	}
	expect("entries after the last", len(must(client.Read(stream, cursor))), 0)
	return cursor
}

func share(client Client, stream string) {
	check(client.CreateGroup(stream))
	seen := map[string]int{}
	for turn, end := 0, time.Now().Add(patience); len(seen) < published; turn++ {
		if time.Now().After(end) {
			log.Fatalf("the group has delivered only %d entries", len(seen))
		}
		entries := must(client.ReadGroup(stream, []string{"alice", "bob"}[turn%2]))
		if len(entries) == 0 {
			continue
		}
		note(seen, entries)
		expect("acknowledged", int(must(client.Ack(stream, ids(entries)))), len(entries))
	}
	expect("consumers with pending entries", len(must(client.Pending(stream))), 0)
}

func takeOver(client Client, another func() Client, stream string) {
	must(client.Add(stream, numbers(published, abandoned)))
	carol, seen := another(), map[string]int{}
	for end := time.Now().Add(patience); len(seen) < abandoned && time.Now().Before(end); {
		note(seen, must(carol.ReadGroup(stream, "carol")))
	}
	check(carol.Close())
	expect("entries that carol leaves", int(must(client.Pending(stream))["carol"]), abandoned)

	var some []string
	for id := range seen {
		if len(some) < abandoned/2 {
			some = append(some, id)
		}
	}
	claimed := must(client.Claim(stream, "alice", some))
	expect("claimed", len(claimed), abandoned/2)
	expect("acknowledged", int(must(client.Ack(stream, ids(claimed)))), abandoned/2)
	claimed = must(client.AutoClaim(stream, "bob"))
	expect("claimed", len(claimed), abandoned-abandoned/2)
	expect("acknowledged", int(must(client.Ack(stream, ids(claimed)))), abandoned-abandoned/2)
	expect("consumers with pending entries", len(must(client.Pending(stream))), 0)
}

func subscribe(client Client, name string) {
	channel := name + "-channel"
	received, end, err := client.Subscribe(channel)
	check(err)
	for n := range messages {
		expect("receivers", int(must(client.Publish(channel, strconv.Itoa(n)))), 1)
	}
	for n := range messages {
		select {
		case payload := <-received:
			expect("message "+payload, payload, strconv.Itoa(n))
		case <-time.After(patience):
			log.Fatalf("message %d never came", n)
		}
	}
	check(end())
}

// restart tells whoever started this program to restart the server, and reads on with the client
// that it had; broken connections are its own affair, but for the error that shows them.
func restart(client Client, stream, cursor string) {
	fmt.Println("restart")
	must(bufio.NewReader(os.Stdin).ReadString('\n'))
	entries, err := client.Read(stream, cursor)
	for end := time.Now().Add(patience); err != nil && time.Now().Before(end); {
		time.Sleep(50 * time.Millisecond)
		entries, err = client.Read(stream, cursor)
	}
	check(err)
	expect("entries from before the restart", len(entries), abandoned)
	cursor = note(map[string]int{}, entries)
	must(client.Add(stream, numbers(published+abandoned, abandoned)))
	expect("entries from after the restart", len(must(client.Read(stream, cursor))), abandoned)
	expect("entries in all", len(must(client.Range(stream))), published+2*abandoned)
}

// note adds entries to those that were seen, each once, and returns the last id.
func note(seen map[string]int, entries []Entry) string {
	last := ""
	for _, entry := range entries {
		if _, twice := seen[entry.ID]; twice {
			log.Fatalf("%s came twice", entry.ID)
		}
		seen[entry.ID], last = entry.Number, entry.ID
	}
	return last
}

func numbers(first, count int) []int {
	all := make([]int, count)
	for n := range all {
		all[n] = first + n
	}
	return all
}

func ids(entries []Entry) []string {
	all := make([]string, len(entries))
	for n, entry := range entries {
		all[n] = entry.ID
	}
	return all
}

func expect[T comparable](what string, found, wanted T) {
	if found != wanted {
		log.Fatalf("%s: %v instead of %v", what, found, wanted)
	}
}

func must[T any](value T, err error) T {
	check(err)
	return value
}

func check(err error) {
	if err != nil {
		log.Panic(err) // with the stack, which says where
	}
}
