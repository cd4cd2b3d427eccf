// The Go client's side of the bench: does what a line of standard input says, answers with a line.
// The lines are described in bench/workers/protocol.ts.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	clientv3 "go.etcd.io/etcd/client/v3"
	"go.etcd.io/etcd/client/v3/concurrency"
)

// command mirrors Command of protocol.ts.
type command struct {
	Do           string `json:"do"`
	Call         string `json:"call"`
	InFlight     int    `json:"inFlight"`
	Milliseconds int    `json:"milliseconds"`
	Count        int64  `json:"count"`
	Events       int    `json:"events"`
	From         int64  `json:"from,string"`
}

// result mirrors Result of protocol.ts.
type result struct {
	Calls   int64   `json:"calls"`
	Seconds float64 `json:"seconds"`
	CPU     float64 `json:"cpu"`
	Median  float64 `json:"median,omitempty"`
}

// call is one call by one of those in flight.
type call func(slot int) error

func main() {
	client, err := clientv3.New(clientv3.Config{Endpoints: []string{os.Args[1]}, DialTimeout: 5 * time.Second})
	if err != nil {
		panic(err)
	}
	defer client.Close()
	if _, err := client.Get(context.Background(), "bench/get"); err != nil {
		panic(err)
	}
	answer(map[string]bool{"ready": true})
	input := bufio.NewScanner(os.Stdin)
	for input.Scan() {
		var asked command
		if err := json.Unmarshal(input.Bytes(), &asked); err != nil {
			panic(err)
		}
		done, err := run(client, asked)
		if err != nil {
			answer(map[string]string{"error": err.Error()})
		} else {
			answer(done)
		}
	}
}

func answer(line any) {
	text, err := json.Marshal(line)
	if err != nil {
		panic(err)
	}
	fmt.Println(string(text))
}

func run(client *clientv3.Client, asked command) (result, error) {
	if asked.Do == "watch" {
		return watch(client, asked)
	}
	one, done, err := callOf(client, asked.Call)
	if err != nil {
		return result{}, err
	}
	defer done()
	return repeat(one, asked)
}

func callOf(client *clientv3.Client, name string) (call, func(), error) {
	background := context.Background()
	nothing := func() {}
	switch name {
	case "get":
		return func(int) error {
			_, err := client.Get(background, "bench/get", clientv3.WithSerializable())
			return err
		}, nothing, nil
	case "put":
		value := strings.Repeat("v", 64)
		return func(slot int) error {
			_, err := client.Put(background, fmt.Sprintf("bench/put/%d", slot), value)
			return err
		}, nothing, nil
	case "range":
		return func(int) error { return readRange(client) }, nothing, nil
	case "lock":
		session, err := concurrency.NewSession(client)
		if err != nil {
			return nil, nil, err
		}
		return func(int) error {
			mutex := concurrency.NewMutex(session, "bench/lock")
			if err := mutex.Lock(background); err != nil {
				return err
			}
			return mutex.Unlock(background)
		}, func() { session.Close() }, nil
	}
	return nil, nil, fmt.Errorf("no such call: %s", name)
}

// readRange reads each key and value, as the others do; bytes are what a Go program has of them.
func readRange(client *clientv3.Client) error {
	response, err := client.Get(context.Background(), "bench/range/", clientv3.WithPrefix(), clientv3.WithSerializable())
	if err != nil {
		return err
	}
	read := 0
	for _, kv := range response.Kvs {
		read += len(kv.Key) + len(kv.Value)
	}
	if read < len(response.Kvs)*256 {
		return fmt.Errorf("the range has %d bytes", read)
	}
	return nil
}

// repeat keeps so many calls in flight for a time, or until so many were made.
func repeat(one call, asked command) (result, error) {
	var started, stopped atomic.Int64
	var failure atomic.Value
	latencies := []float64{}
	if asked.Count == 0 {
		time.AfterFunc(time.Duration(asked.Milliseconds)*time.Millisecond, func() { stopped.Store(1) })
	}
	var group sync.WaitGroup
	cpu, begun := cpuSeconds(), time.Now()
	for slot := range asked.InFlight {
		group.Go(func() {
			for stopped.Load() == 0 {
				if number := started.Add(1); asked.Count > 0 && number > asked.Count {
					started.Add(-1)
					return
				}
				before := time.Now()
				if err := one(slot); err != nil {
					failure.Store(err)
					return
				}
				if asked.InFlight == 1 {
					latencies = append(latencies, time.Since(before).Seconds())
				}
			}
		})
	}
	group.Wait()
	seconds, cpu := time.Since(begun).Seconds(), cpuSeconds()-cpu
	if err, failed := failure.Load().(error); failed {
		return result{}, err
	}
	return result{Calls: started.Load(), Seconds: seconds, CPU: cpu, Median: median(latencies)}, nil
}

// watch reads so many events; with a revision to start from, those of the past.
func watch(client *clientv3.Client, asked command) (result, error) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	options := []clientv3.OpOption{clientv3.WithPrefix(), clientv3.WithCreatedNotify()}
	if asked.From > 0 {
		options = append(options, clientv3.WithRev(asked.From))
	}
	cpu, begun := cpuSeconds(), time.Now()
	channel := client.Watch(ctx, "bench/put/", options...)
	if response := <-channel; response.Err() != nil {
		return result{}, response.Err()
	}
	if asked.From == 0 {
		answer(map[string]bool{"watching": true})
		cpu, begun = cpuSeconds(), time.Now()
	}
	seen, read := 0, 0
	for response := range channel {
		if err := response.Err(); err != nil {
			return result{}, err
		}
		for _, event := range response.Events {
			read += len(event.Kv.Key) + len(event.Kv.Value)
			seen++
		}
		if seen >= asked.Events {
			break
		}
	}
	return result{Calls: int64(seen), Seconds: time.Since(begun).Seconds(), CPU: cpuSeconds() - cpu}, nil
}

// median in milliseconds; 0 where nothing was measured.
func median(seconds []float64) float64 {
	if len(seconds) == 0 {
		return 0
	}
	slices.Sort(seconds)
	return seconds[len(seconds)/2] * 1000
}

// cpuSeconds is the user and system time of this process.
func cpuSeconds() float64 {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		panic(err)
	}
	return float64(usage.Utime.Sec+usage.Stime.Sec) + float64(usage.Utime.Usec+usage.Stime.Usec)/1e6
}
