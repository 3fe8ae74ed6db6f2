# Cold start, duration, memory and cost of the deployed function, from what Lambda itself logged; sourced by aws.sh.

# List prices in US dollars of US East (N. Virginia): arm64, standard queue, first tier, no free tier. Yours, if they differ, stand at
# https://aws.amazon.com/lambda/pricing/ and https://aws.amazon.com/sqs/pricing/.
price_gb_second=${PRICE_GB_SECOND:-0.0000133334}
price_million_requests=${PRICE_MILLION_REQUESTS:-0.20}
price_million_sqs=${PRICE_MILLION_SQS:-0.40}

log_group=$(output function log_group)
[[ $since =~ ^[1-9][0-9]*[mhd]$ ]] || fail "SINCE=$since is no span of time: it takes a number with m, h or d, such as 15m."
case $since in
  *m) seconds=$((${since%m} * 60)) ;;
  *h) seconds=$((${since%h} * 3600)) ;;
  *d) seconds=$((${since%d} * 86400)) ;;
esac

# Runs a CloudWatch Logs Insights query and prints its one row as "name value" lines.
query() {
  local id status tries
  id=$(aws logs start-query --region "$region" --log-group-name "$log_group" --output text --query queryId \
    --start-time $(($(date +%s) - seconds)) --end-time "$(date +%s)" --query-string "$1")
  for tries in $(seq 60); do
    status=$(aws logs get-query-results --region "$region" --query-id "$id" --output text --query status)
    [ "$status" = Complete ] && break
    [ "$tries" -lt 60 ] || fail "CloudWatch did not answer the query within a minute: its status is $status."
    sleep 1
  done
  aws logs get-query-results --region "$region" --query-id "$id" --output text --query 'results[0][].[field, value]'
}

echo "Asking CloudWatch for the last $since of $log_group…" >&2
m=record.metrics
{
  query "filter type = 'platform.report' | stats count(*) as invocations, count($m.initDurationMs) as cold,
    pct($m.initDurationMs, 50) as initP50, pct($m.initDurationMs, 99) as initP99,
    pct($m.durationMs, 50) as durationP50, pct($m.durationMs, 99) as durationP99,
    pct($m.maxMemoryUsedMB, 50) as memoryP50, max($m.maxMemoryUsedMB) as memoryMax,
    sum($m.billedDurationMs) as billed, max($m.memorySizeMB) as size"
  query "filter message = 'BatchHandled' | stats sum(messages) as messages"
} | awk -v gb_second="$price_gb_second" -v requests="$price_million_requests" -v sqs="$price_million_sqs" '
  { value[$1] = $2 }
  END {
    if (!value["invocations"]) { print "There was no invocation: send some messages, wait a minute, and ask again."; exit 1 }
    printf "%-24s %d, %d of them cold\n", "invocations", value["invocations"], value["cold"]
    if (value["cold"] > 0) printf "%-24s p50 %.1f ms, p99 %.1f ms\n", "cold start (init)", value["initP50"], value["initP99"]
    printf "%-24s p50 %.1f ms, p99 %.1f ms\n", "duration", value["durationP50"], value["durationP99"]
    printf "%-24s p50 %d MB, max %d MB of %d MB\n", "memory", value["memoryP50"], value["memoryMax"], value["size"]
    if (!value["messages"]) { print "The batches are not in the log (level above INFO), so there is no cost of a message."; exit }
    share = 1e6 / value["messages"]
    batches = value["invocations"] * share
    compute = value["billed"] / 1000 * value["size"] / 1024 * share * gb_second
    calls = batches / 1e6 * requests
    # Each message is sent once; each batch of up to ten is received and deleted by one call each.
    queue = (1e6 + 2 * batches) / 1e6 * sqs
    printf "%-24s %d, %.1f a batch\n", "messages", value["messages"], value["messages"] / value["invocations"]
    printf "%-24s $%.2f: compute $%.2f, requests $%.2f, SQS $%.2f\n", "a million messages", compute + calls + queue, compute, calls, queue
  }'
