// The forwarder in Go, as the usual article writes it: aws-lambda-go and net/http.
package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"
)

const concurrency = 10

var (
	endpoint = os.Getenv("FORWARD_URL")
	client   = newClient()
)

func newClient() *http.Client {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	// The default keeps two of them, and opens the other eight for every batch.
	transport.MaxIdleConnsPerHost = concurrency
	return &http.Client{Transport: transport, Timeout: 15 * time.Second}
}

func forward(ctx context.Context, message events.SQSMessage) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, endpoint, strings.NewReader(message.Body))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("User-Agent", "aws-sqsd")
	request.Header.Set("X-Aws-Sqsd-Msgid", message.MessageId)
	request.Header.Set("X-Aws-Sqsd-Queue", message.EventSourceARN[strings.LastIndex(message.EventSourceARN, ":")+1:])
	request.Header.Set("X-Aws-Sqsd-Receive-Count", message.Attributes["ApproximateReceiveCount"])
	if at, err := strconv.ParseInt(message.Attributes["ApproximateFirstReceiveTimestamp"], 10, 64); err == nil {
		request.Header.Set("X-Aws-Sqsd-First-Received-At", time.UnixMilli(at).UTC().Format("2006-01-02T15:04:05Z"))
	}

	response, err := client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	// Read to its end, so that the connection can be used again.
	if _, err := io.Copy(io.Discard, response.Body); err != nil {
		return err
	}
	if response.StatusCode < 200 || response.StatusCode > 299 {
		return fmt.Errorf("the endpoint answered %d", response.StatusCode)
	}
	return nil
}

func handle(ctx context.Context, event events.SQSEvent) (events.SQSEventResponse, error) {
	var (
		answer = events.SQSEventResponse{BatchItemFailures: []events.SQSBatchItemFailure{}}
		gate   sync.Mutex
		group  sync.WaitGroup
		slots  = make(chan struct{}, concurrency)
	)
	for _, message := range event.Records {
		slots <- struct{}{}
		group.Add(1)
		go func(message events.SQSMessage) {
			defer func() { <-slots; group.Done() }()
			if err := forward(ctx, message); err != nil {
				log.Printf("%s: %v", message.MessageId, err)
				gate.Lock()
				answer.BatchItemFailures = append(answer.BatchItemFailures, events.SQSBatchItemFailure{ItemIdentifier: message.MessageId})
				gate.Unlock()
			}
		}(message)
	}
	group.Wait()
	return answer, nil
}

func main() {
	lambda.Start(handle)
}
