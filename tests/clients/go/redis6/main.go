// go-redis v6 against the gateway, with default options except address and password.
//
// usage: redis6 ADDRESS scenario [PASSWORD]   streams, groups, channels: see scenario/scenario.go
//
//	redis6 ADDRESS databus DSN           publishes with SET and reads back with MGET
package main

import (
	"fmt"
	"log"
	"os"

	"github.com/go-redis/redis"

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
		scenario.Run("github.com/go-redis/redis", func() scenario.Client { return client{connect()} })
	} else {
		databus(connect())
	}
}

func databus(client *redis.Client) {
	defer client.Close()
	// The group's member is one connection: v6 has no Conn, but one caller never needs a second.
	// The group starts at the newest message: the first MGET joins before anything is published.
	must(client.MGet("json").Err())
	must(client.Set("key", `{"n":1}`, 0).Err())
	// A busy broker may need longer than one MGET waits.
	for range 20 {
		messages, err := client.MGet("json").Result()
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
