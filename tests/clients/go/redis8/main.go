// go-redis v8 against the gateway, with default options except address and password.
//
// usage: redis8 ADDRESS scenario [PASSWORD]   streams, groups, channels: see scenario/scenario.go
//
//	redis8 ADDRESS databus DSN           publishes with SET and reads back with MGET
package main

import (
	"fmt"
	"log"
	"os"

	"github.com/go-redis/redis/v8"

	"sluicegate.example/clients/scenario"
)

func main() {
	address, scene, password := os.Args[1], os.Args[2], ""
	if len(os.Args) > 3 {
		password = os.Args[3]
	}
	connect := func() *redis.Client {
		return redis.NewClient(&redis.Options{Addr: address, Password: password})
	}
	if scene == "scenario" {
		scenario.Run("github.com/go-redis/redis/v8", func() scenario.Client { return client{connect()} })
	} else {
		databus(connect())
	}
}

func databus(client *redis.Client) {
	defer client.Close()
	conn := client.Conn(ctx) // the group's member is one connection
	defer conn.Close()
	// The group starts at the newest message: the first MGET joins before anything is published.
	must(conn.MGet(ctx, "json").Err())
	must(conn.Set(ctx, "key", `{"n":1}`, 0).Err())
	// A busy broker may need longer than one MGET waits.
	for range 20 {
		messages, err := conn.MGet(ctx, "json").Result()
		must(err)
		for _, message := range messages {
			fmt.Println(message)
		}
		if len(messages) > 0 {
			return
		}
	}
}

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
