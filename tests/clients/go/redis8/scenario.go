package main

import (
	"context"
	"errors"
	"strconv"

	"github.com/go-redis/redis/v8"

	"sluicegate.example/clients/scenario"
)

type client struct{ *redis.Client }

var ctx = context.Background()

func (c client) Add(stream string, numbers []int) ([]string, error) {
	pipe := c.Client.Pipeline()
	for _, number := range numbers {
		pipe.XAdd(ctx, &redis.XAddArgs{Stream: stream, Values: []any{"n", number}})
	}
	replies, err := pipe.Exec(ctx)
	ids := make([]string, len(replies))
	for n, reply := range replies {
		ids[n] = reply.(*redis.StringCmd).Val()
	}
	return ids, err
}

func (c client) Read(stream, after string) ([]scenario.Entry, error) {
	return first(c.XRead(ctx, &redis.XReadArgs{
		Streams: []string{stream, after}, Count: scenario.Page, Block: -1,
	}).Result())
}

func (c client) Range(stream string) ([]scenario.Entry, error) {
	return entries(c.XRange(ctx, stream, "-", "+").Result())
}

func (c client) CreateGroup(stream string) error {
	return c.XGroupCreateMkStream(ctx, stream, scenario.Group, "0").Err()
}

func (c client) ReadGroup(stream, consumer string) ([]scenario.Entry, error) {
	return first(c.XReadGroup(ctx, &redis.XReadGroupArgs{
		Group: scenario.Group, Consumer: consumer, Streams: []string{stream, ">"},
		Count: scenario.Page, Block: scenario.Block,
	}).Result())
}

func (c client) Ack(stream string, ids []string) (int64, error) {
	return c.XAck(ctx, stream, scenario.Group, ids...).Result()
}

func (c client) Pending(stream string) (map[string]int64, error) {
	pending, err := c.XPending(ctx, stream, scenario.Group).Result()
	if err != nil {
		return nil, err
	}
	return pending.Consumers, nil
}

func (c client) Claim(stream, consumer string, ids []string) ([]scenario.Entry, error) {
	return entries(c.XClaim(ctx, &redis.XClaimArgs{
		Stream: stream, Group: scenario.Group, Consumer: consumer, Messages: ids,
	}).Result())
}

// AutoClaim looks at what is pending and claims that: the XAutoClaim of v8 does not understand
// the answer that Redis gives since version 7.
func (c client) AutoClaim(stream, consumer string) ([]scenario.Entry, error) {
	pending, err := c.XPendingExt(ctx, &redis.XPendingExtArgs{
		Stream: stream, Group: scenario.Group, Start: "-", End: "+", Count: scenario.Page,
	}).Result()
	if err != nil {
		return nil, err
	}
	ids := make([]string, len(pending))
	for n, entry := range pending {
		ids[n] = entry.ID
	}
	return c.Claim(stream, consumer, ids)
}

func (c client) Publish(channel, payload string) (int64, error) {
	return c.Client.Publish(ctx, channel, payload).Result()
}

func (c client) Subscribe(channel string) (<-chan string, func() error, error) {
	subscription := c.Client.Subscribe(ctx, channel)
	if _, err := subscription.Receive(ctx); err != nil {
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
	if errors.Is(err, redis.Nil) { // nothing in time
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
