using SqsAotLambda.EndToEnd.Support;

namespace SqsAotLambda.EndToEnd;

/// <summary>The script that asks AWS about what is deployed, with programs of the test's own in the place of those it calls.</summary>
public sealed class AwsScriptTests : IDisposable
{
    private readonly Tools tools = new();

    public void Dispose() => tools.Dispose();

    [Fact(Timeout = 120_000)]
    public async Task Without_the_AWS_CLI_it_says_where_to_get_it()
    {
        tools.Link("bash", "dirname");

        var (status, output) = await tools.RunAsync("aws.sh send", ("PATH", tools.Folder));

        Assert.Equal(1, status);
        Assert.Equal("The AWS CLI is missing: install version 2 from https://aws.amazon.com/cli/.", output);
    }

    [Fact(Timeout = 120_000)]
    public async Task Without_a_state_it_says_to_deploy_first()
    {
        tools.Tool("aws", "exit 9");
        tools.Tool("terraform", "echo {}");

        var (status, output) = await tools.RunAsync("aws.sh redrive", ("DIR", "some/stack"));

        Assert.Equal(1, status);
        Assert.Equal("some/stack has no Terraform state: run make deploy first, or name the deployed folder with DIR=….", output);
    }

    [Fact(Timeout = 120_000)]
    public async Task Without_a_message_send_shows_how()
    {
        tools.Deployed("orders");

        var (status, output) = await tools.RunAsync("aws.sh send");

        Assert.Equal(1, status);
        Assert.Equal("MESSAGE is missing: make send MESSAGE='{\"hello\":\"world\"}'.", output);
    }

    [Fact(Timeout = 120_000)]
    public async Task Send_sends_the_message_to_the_queue_of_the_state()
    {
        tools.Deployed("orders");

        var (status, output) = await tools.RunAsync("aws.sh send", ("MESSAGE", "{\"a\": \"b c\"}"));

        Assert.Equal(0, status);
        Assert.Equal(
            "[sqs][send-message][--region][eu-west-1][--queue-url][https://sqs/orders][--message-body][{\"a\": \"b c\"}][--output][json]", output);
    }

    [Fact(Timeout = 120_000)]
    public async Task Send_gives_a_FIFO_message_its_group()
    {
        tools.Deployed("orders.fifo");

        var (_, output) = await tools.RunAsync("aws.sh send", ("MESSAGE", "m"), ("GROUP", "g"));

        Assert.Matches(@"\[--message-group-id\]\[g\]\[--message-deduplication-id\]\[\d+-\d+\]", output);
    }

    [Fact(Timeout = 120_000)]
    public async Task Redrive_names_both_queues()
    {
        tools.Deployed("orders");

        var (_, output) = await tools.RunAsync("aws.sh redrive");

        Assert.Contains("[--source-arn][arn:aws:sqs:eu-west-1:1:orders-dlq][--destination-arn][arn:aws:sqs:eu-west-1:1:orders]", output);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_look_at_the_dead_letters_leaves_them_where_they_are()
    {
        tools.Deployed("orders");

        var (_, output) = await tools.RunAsync("aws.sh dead-letters");

        Assert.Contains("[receive-message][--region][eu-west-1][--queue-url][https://sqs/orders-dlq]", output);
        Assert.Contains("[--visibility-timeout][0]", output);
    }

    [Theory(Timeout = 120_000)]
    [InlineData("redrive")]
    [InlineData("dead-letters")]
    public async Task Without_a_dead_letter_queue_there_is_nothing_to_look_at(string command)
    {
        tools.Tool("aws", "printf '[%s]' \"$@\"");
        tools.Tool("terraform", """
            case "$*" in
              *"json queue") echo '{"arn":"arn:aws:sqs:eu-west-1:1:orders.fifo","name":"orders.fifo","url":"https://sqs/orders.fifo"}' ;;
              *"json dead_letter_queue") exit 1 ;;
              *) echo '{"queue":{}}' ;;
            esac
            """);

        var (status, output) = await tools.RunAsync($"aws.sh {command}", ("DIR", "some/stack"));

        Assert.Equal(1, status);
        Assert.Equal("some/stack has no dead-letter queue: queue.dead_letters is false there.", output);
    }

    [Fact(Timeout = 120_000)]
    public async Task Bench_tells_percentiles_and_what_a_million_messages_cost()
    {
        tools.Deployed("orders");
        tools.Tool("aws", """
            case "$*" in
              *start-query*BatchHandled*) echo batches ;;
              *start-query*) echo reports ;;
              *"--query status") echo Complete ;;
              *batches*) printf 'messages\t9000\n' ;;
              *) printf '%s\t%s\n' invocations 1000 cold 3 initP50 21.5 initP99 30 durationP50 200 durationP99 400.4 \
                memoryP50 24 memoryMax 31 billed 210000 size 256 ;;
            esac
            """);

        var (status, output) = await tools.RunAsync("aws.sh bench", ("SINCE", "15m"));

        // 111,111 batches: 210 s x 0.25 GB x 111.1 = 5,833 GB-s.
        Assert.Equal(0, status);
        Assert.Equal(
            """
            Asking CloudWatch for the last 15m of /aws/lambda/orders…
            invocations              1000, 3 of them cold
            cold start (init)        p50 21.5 ms, p99 30.0 ms
            duration                 p50 200.0 ms, p99 400.4 ms
            memory                   p50 24 MB, max 31 MB of 256 MB
            messages                 9000, 9.0 a batch
            a million messages       $0.59: compute $0.08, requests $0.02, SQS $0.49
            """,
            output);
    }

    [Fact(Timeout = 120_000)]
    public async Task Make_send_hands_over_a_message_as_it_was_given()
    {
        tools.Deployed("orders");
        await using var process = new ChildProcess(
            "/usr/bin/env",
            ["make", "--no-print-directory", "send", "MESSAGE={\"price\":\"$5\",\"id\":\"$(id) `id`\"}"],
            Repository.Environment.Where(each => each.Key != "PATH").Select(each => (each.Key, each.Value))
                .Append(("PATH", $"{tools.Folder}:{Repository.Environment["PATH"]}")),
            Repository.Root);

        Assert.Equal(0, await process.ExitAsync());
        Assert.Contains("[--message-body][{\"price\":\"$5\",\"id\":\"$(id) `id`\"}]", process.Output);
    }
}
