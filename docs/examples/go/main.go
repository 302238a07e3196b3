// Hears what is said in one's chats, with zishang520/socket.io 3: go run . ADDRESS EMAIL PASSWORD
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"os"
	"sync"
	"time"

	"github.com/zishang520/socket.io/clients/engine/v3/transports"
	"github.com/zishang520/socket.io/clients/socket/v3"
	"github.com/zishang520/socket.io/v3/pkg/types"
)

type object = map[string]any

type client struct {
	url    string
	tokens object
	// By chat: how far we are. Kept on disk in a real client.
	positions object
	lock      sync.Mutex
}

// What the server said no to.
type refusal struct {
	code      string
	sentence  string
	retryable bool
	wait      time.Duration
}

func (r refusal) Error() string { return r.sentence + " (" + r.code + ")" }

func refusalIn(data object) refusal {
	code, _ := data["code"].(string)
	sentence, _ := data["error"].(string)
	retryable, _ := data["retryable"].(bool)
	ms, _ := data["retryAfterMs"].(float64)
	return refusal{code, sentence, retryable, time.Duration(ms) * time.Millisecond}
}

func (c *client) post(path string, body object) (object, error) {
	encoded, _ := json.Marshal(body)
	answer, err := http.Post(c.url+path, "application/json", bytes.NewReader(encoded))
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	var told object
	if err := json.NewDecoder(answer.Body).Decode(&told); err != nil {
		return nil, err
	}
	if answer.StatusCode >= 400 {
		return nil, refusalIn(told)
	}
	return told, nil
}

// A refresh token is used once: keep the pair that comes for it. One whose answer was lost may be sent again.
func (c *client) refresh() error {
	tokens, err := c.post("/auth/refresh", object{"refreshToken": c.tokens["refreshToken"]})
	if err == nil {
		c.tokens = tokens
	}
	return err
}

// Connects and stays; gives why it ended. Its own reconnecting would send the first token for ever.
func (c *client) stay() error {
	options := socket.DefaultOptions()
	options.SetReconnection(false)
	options.SetForceNew(true)
	options.SetTransports(types.NewSet(transports.WebSocket))
	options.SetAuth(object{"token": c.tokens["accessToken"]})
	io, err := socket.Connect(c.url, options)
	if err != nil {
		return err
	}
	defer io.Disconnect()
	ended := make(chan error, 8)
	end := func(why error) {
		select {
		case ended <- why:
		default: // it ends already
		}
	}
	io.On("connect_error", func(args ...any) {
		why, _ := args[0].(error)
		var told *types.ExtendedError // what Roost refuses; anything else is the network
		if errors.As(why, &told) {
			if data, ok := told.Data.(object); ok {
				why = refusalIn(data)
			}
		}
		end(why)
	})
	io.On("disconnect", func(...any) { end(errors.New("disconnected")) })
	io.On("session:closing", func(args ...any) {
		if told := args[0].(object); told["reconnect"] == false {
			end(refusal{code: told["code"].(string), sentence: "the session is over"})
		}
	})
	io.On("server:draining", func(args ...any) {
		ms, _ := args[0].(object)["reconnectInMs"].(float64)
		time.AfterFunc(time.Duration(ms)*time.Millisecond, func() { end(errors.New("the replica goes away")) })
	})
	io.On("session:expiring", func(...any) { go c.renew(io) })
	io.On("message:new", func(args ...any) {
		c.lock.Lock()
		defer c.lock.Unlock()
		c.show(args[0].(object))
	})
	io.On("session:ready", func(...any) { c.catchUp(io, c.all()) })
	return <-ended
}

// Keeps the socket: another access token before this one ends.
func (c *client) renew(io *socket.Socket) {
	if err := c.refresh(); err != nil {
		return // the server ends the connection, and run does what is to be done
	}
	io.Timeout(10*time.Second).EmitWithAck("auth:refresh", object{"token": c.tokens["accessToken"]})(func([]any, error) {})
}

// Asks for what was said meanwhile, page by page, and for chats that are new.
func (c *client) catchUp(io *socket.Socket, chats object) {
	io.Timeout(10*time.Second).EmitWithAck("sync", object{"chats": chats})(func(args []any, err error) {
		if err != nil || len(args) == 0 {
			return
		}
		c.lock.Lock()
		defer c.lock.Unlock()
		answer := args[0].(object)
		told, _ := answer["chats"].(object)
		again := object{}
		for id, value := range told {
			one := value.(object)
			if one["gone"] == true {
				delete(c.positions, id)
				continue
			}
			messages, _ := one["messages"].([]any)
			for _, message := range messages {
				c.show(message.(object))
			}
			position := object{"seq": one["seq"], "rev": one["rev"]}
			if chat, ok := one["chat"].(object); ok { // new to us, or too far away: the state as it is now
				position = object{"seq": chat["lastSeq"], "rev": chat["rev"]}
			}
			c.positions[id] = position
			if one["more"] == true {
				again[id] = position
			}
		}
		if len(again) > 0 {
			go c.catchUp(io, again)
		} else if answer["more"] == true {
			go c.catchUp(io, c.all())
		}
	})
}

func (c *client) all() object {
	c.lock.Lock()
	defer c.lock.Unlock()
	return maps.Clone(c.positions)
}

func (c *client) show(message object) {
	seq, _ := message["seq"].(float64)
	if position, ok := c.positions[message["chatId"].(string)].(object); ok {
		last, _ := position["seq"].(float64)
		if seq <= last {
			return // told already
		}
		if seq == last+1 {
			position["seq"] = seq
		}
	}
	fmt.Printf("%v %v: %v\n", message["seq"], message["sender"].(object)["displayName"], message["text"])
}

func (c *client) run() error {
	for pause := 500 * time.Millisecond; ; pause = min(2*pause, 5*time.Second) {
		why := c.stay()
		var refused refusal
		if errors.As(why, &refused) {
			if refused.code == "auth/token_expired" || refused.code == "auth/token_invalid" {
				if err := c.refresh(); errors.As(err, &refused) && !refused.retryable {
					return err // sign in again
				}
			} else if !refused.retryable {
				return why
			}
			pause = max(pause, refused.wait)
		}
		time.Sleep(pause)
	}
}

func main() {
	if len(os.Args) != 4 {
		fmt.Fprintln(os.Stderr, "usage: go run . ADDRESS EMAIL PASSWORD")
		os.Exit(1)
	}
	c := &client{url: os.Args[1], positions: object{}}
	tokens, err := c.post("/auth/login", object{"email": os.Args[2], "password": os.Args[3]})
	if err == nil {
		c.tokens = tokens
		err = c.run()
	}
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
