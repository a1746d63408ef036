// go-redis v8 against the gateway, with default options except address and password.
//
// usage: redis8 ADDRESS stream [PASSWORD]   publishes with XADD and reads back
//
//	redis8 ADDRESS databus DSN             publishes with SET and reads back with MGET
package main

import (
	"context"
	"fmt"
	"log"
	"os"
	"time"

	"github.com/go-redis/redis/v8"
)

func main() {
	address, scene, password := os.Args[1], os.Args[2], ""
	if len(os.Args) > 3 {
		password = os.Args[3]
	}
	ctx := context.Background()
	client := redis.NewClient(&redis.Options{Addr: address, Password: password})
	defer client.Close()
	must(client.Ping(ctx).Err())
	if scene == "stream" {
		stream(ctx, client)
	} else {
		databus(ctx, client)
	}
}

func stream(ctx context.Context, client *redis.Client) {
	for n := range 3 {
		must(client.XAdd(ctx, &redis.XAddArgs{Stream: "go-v8", Values: []any{"n", n}}).Err())
	}
	entries, err := client.XRange(ctx, "go-v8", "-", "+").Result()
	must(err)
	for _, entry := range entries {
		fmt.Println(entry.ID, entry.Values)
	}
	read, err := client.XRead(ctx, &redis.XReadArgs{
		Streams: []string{"go-v8", "2-0"}, Count: 10, Block: time.Second,
	}).Result()
	must(err)
	fmt.Println("read", read[0].Stream, read[0].Messages[0].ID)
	_, err = client.Pipelined(ctx, func(pipe redis.Pipeliner) error {
		for n := range 100 {
			pipe.XAdd(ctx, &redis.XAddArgs{Stream: "go-v8-pipeline", Values: []any{"n", n}})
		}
		return nil
	})
	must(err)
}

func databus(ctx context.Context, client *redis.Client) {
	conn := client.Conn(ctx) // the group's member is one connection
	defer conn.Close()
	// The group starts at the newest message: the first MGET joins before anything is published.
	must(conn.MGet(ctx, "json").Err())
	must(conn.Set(ctx, "key", `{"n":1}`, 0).Err())
	messages, err := conn.MGet(ctx, "json").Result()
	must(err)
	for _, message := range messages {
		fmt.Println(message)
	}
}

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
