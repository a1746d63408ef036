package main

import (
	"errors"
	"strconv"

	"github.com/go-redis/redis"

	"sluicegate.example/clients/scenario"
)

type client struct{ *redis.Client }

func (c client) Add(stream string, numbers []int) ([]string, error) {
	pipe := c.Client.Pipeline()
	for _, number := range numbers {
		pipe.XAdd(&redis.XAddArgs{Stream: stream, Values: map[string]any{"n": number}})
	}
	replies, err := pipe.Exec()
	ids := make([]string, len(replies))
	for n, reply := range replies {
		ids[n] = reply.(*redis.StringCmd).Val()
	}
	return ids, err
}

func (c client) Read(stream, after string) ([]scenario.Entry, error) {
	return first(c.XRead(&redis.XReadArgs{
		Streams: []string{stream, after}, Count: scenario.Page, Block: -1,
	}).Result())
}

func (c client) Range(stream string) ([]scenario.Entry, error) {
	return entries(c.XRange(stream, "-", "+").Result())
}

func (c client) CreateGroup(stream string) error {
	return c.XGroupCreateMkStream(stream, scenario.Group, "0").Err()
}

func (c client) ReadGroup(stream, consumer string) ([]scenario.Entry, error) {
	return first(c.XReadGroup(&redis.XReadGroupArgs{
		Group: scenario.Group, Consumer: consumer, Streams: []string{stream, ">"},
		Count: scenario.Page, Block: scenario.Block,
	}).Result())
}

func (c client) Ack(stream string, ids []string) (int64, error) {
	return c.XAck(stream, scenario.Group, ids...).Result()
}

func (c client) Pending(stream string) (map[string]int64, error) {
	pending, err := c.XPending(stream, scenario.Group).Result()
	if err != nil {
		return nil, err
	}
	return pending.Consumers, nil
}

func (c client) Claim(stream, consumer string, ids []string) ([]scenario.Entry, error) {
	return entries(c.XClaim(&redis.XClaimArgs{
		Stream: stream, Group: scenario.Group, Consumer: consumer, Messages: ids,
	}).Result())
}

// AutoClaim is what v6 has instead: a look at what is pending, and a claim of that.
func (c client) AutoClaim(stream, consumer string) ([]scenario.Entry, error) {
	pending, err := c.XPendingExt(&redis.XPendingExtArgs{
		Stream: stream, Group: scenario.Group, Start: "-", End: "+", Count: scenario.Page,
	}).Result()
	if err != nil {
		return nil, err
	}
	ids := make([]string, len(pending))
	for n, entry := range pending {
		ids[n] = entry.Id
	}
	return c.Claim(stream, consumer, ids)
}

func (c client) Publish(channel, payload string) (int64, error) {
	return c.Client.Publish(channel, payload).Result()
}

func (c client) Subscribe(channel string) (<-chan string, func() error, error) {
	subscription := c.Client.Subscribe(channel)
	if _, err := subscription.Receive(); err != nil {
		return nil, nil, err
	}
	payloads := make(chan string)
	go func() {
		for message := range subscription.Channel() {
			payloads <- message.Payload
		}
	}()
	return payloads, subscription.Close, nil
}

func first(streams []redis.XStream, err error) ([]scenario.Entry, error) {
	if err == redis.Nil { // nothing in time
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return entries(streams[0].Messages, nil)
}

func entries(messages []redis.XMessage, err error) ([]scenario.Entry, error) {
	all := make([]scenario.Entry, len(messages))
	for n, message := range messages {
		number, bad := strconv.Atoi(message.Values["n"].(string))
		all[n], err = scenario.Entry{ID: message.ID, Number: number}, errors.Join(err, bad)
	}
	return all, err
}
