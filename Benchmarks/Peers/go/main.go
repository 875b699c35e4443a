// Command peer measures aws-sdk-go-v2 the way Bench measures this package: the same item, the same closed loop.
package main

import (
	"context"
	"flag"
	"fmt"
	"net/http"
	"os"
	"sort"
	"sync"
	"syscall"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

func cpuMicroseconds() float64 {
	var use syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &use)
	return float64(use.Utime.Sec+use.Stime.Sec)*1e6 + float64(use.Utime.Usec+use.Stime.Usec)
}

func fail(reason interface{}) {
	fmt.Println("peer failed:", reason)
	os.Exit(1)
}

func main() {
	concurrency := flag.Int("c", 64, "calls under way")
	seconds := flag.Float64("t", 2, "seconds to measure")
	port := flag.Int("p", 8000, "port")
	operation := flag.String("op", "get", "get or query")
	flag.Parse()

	client := dynamodb.New(dynamodb.Options{
		Region:           "us-east-1",
		Credentials:      credentials.NewStaticCredentialsProvider("cassandra", "secret", ""),
		HTTPClient:       &http.Client{Transport: &http.Transport{MaxIdleConns: 1000, MaxIdleConnsPerHost: 1000}},
		EndpointResolver: dynamodb.EndpointResolverFromURL(fmt.Sprintf("http://127.0.0.1:%d", *port)),
		Retryer:          aws.NopRetryer{},
	})
	background := context.Background()
	getInput := &dynamodb.GetItemInput{
		TableName: aws.String("bench_accounts"),
		Key: map[string]types.AttributeValue{
			"pk": &types.AttributeValueMemberS{Value: "user#123456"},
			"sk": &types.AttributeValueMemberS{Value: "profile"},
		},
	}
	queryInput := &dynamodb.QueryInput{
		TableName:              aws.String("bench_accounts"),
		KeyConditionExpression: aws.String("pk = :p"),
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":p": &types.AttributeValueMemberS{Value: "user#123456"},
		},
	}
	call := func() {
		if *operation == "query" {
			page, err := client.Query(background, queryInput)
			if err != nil {
				fail(err)
			}
			if len(page.Items) != 100 {
				fail(len(page.Items))
			}
			return
		}
		answer, err := client.GetItem(background, getInput)
		if err != nil {
			fail(err)
		}
		if len(answer.Item) != 10 {
			fail(len(answer.Item))
		}
	}

	from := time.Now().Add(500 * time.Millisecond)
	end := from.Add(time.Duration(*seconds * 1e9))
	var once sync.Once
	var cpuBefore float64
	var lanes sync.WaitGroup
	latencies := make([][]float64, *concurrency)
	for lane := 0; lane < *concurrency; lane++ {
		lanes.Add(1)
		go func(lane int) {
			defer lanes.Done()
			last := time.Now()
			for last.Before(end) {
				call()
				now := time.Now()
				if now.After(from) {
					once.Do(func() { cpuBefore = cpuMicroseconds() })
					latencies[lane] = append(latencies[lane], float64(now.Sub(last).Nanoseconds())/1000)
				}
				last = now
			}
		}(lane)
	}
	lanes.Wait()
	cpu := cpuMicroseconds() - cpuBefore
	var all []float64
	for _, lane := range latencies {
		all = append(all, lane...)
	}
	sort.Float64s(all)
	count := len(all)
	fmt.Printf("RESULT requests=%d secs=%.3f rps=%.0f p50=%.1f p99=%.1f cpu_us=%.2f\n", count, *seconds,
		float64(count) / *seconds, all[count/2], all[count*99/100], cpu/float64(count))
}
