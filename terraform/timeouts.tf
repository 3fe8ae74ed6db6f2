# One chain, from the endpoint's answer time to the queue's retention. README.md, "The timeout chain", tells it in words.

locals {
  unit_ms = { ms = 1, s = 1000, m = 60000, h = 3600000 }
  # Whole numbers, so that nothing is rounded before the end.
  milliseconds = {
    for name, texts in {
      # Terraform knows the routes, not those in a file.
      request     = concat([var.endpoint.timeout], [for route in local.routes : route.timeout if try(route.timeout, null) != null])
      margin      = [var.endpoint.deadline_margin]
      base        = [var.backoff.base]
      cap         = [var.backoff.cap]
      retry_after = [var.backoff.retry_after_max]
    } :
    name => max([for text in texts : tonumber(regex("^[0-9]+", text)) * local.unit_ms[regex("[a-z]+$", text)]]...)
  }
  seconds = { for name, milliseconds in local.milliseconds : name => milliseconds / 1000 }
  # For messages: where the longest request comes from.
  request_timeouts = length(local.routes) == 0 ? "endpoint.timeout" : "endpoint.timeout and the timeouts of routes"

  # In the worst case all messages of a FIFO batch are of one group, and go one after the other.
  at_once = var.fifo ? 1 : var.endpoint.concurrency
  waves   = ceil(var.batch.size / local.at_once)
  # When the last request begins, if each takes as long as it may. Under a rate limit the next wave begins when a request of the one before it
  # has ended and as many turns have passed as a wave has requests; within the last wave, the requests begin a turn apart.
  last_begins = (var.endpoint.rate_limit == null
    ? (local.waves - 1) * local.milliseconds.request
    : ceil(((local.waves - 1) * max(local.milliseconds.request * var.endpoint.rate_limit, 1000 * local.at_once) + 1000 * ((var.batch.size - 1) % local.at_once)) / var.endpoint.rate_limit)
  )
  batch_worst_case = (local.last_begins + local.milliseconds.request + local.milliseconds.margin) / 1000

  # 5 s on top for the start of the process, or for the turn that the batch before it left to wait for; 60 s at least, so that one slow batch is
  # no reason to tune; 900 s is Lambda's limit.
  function_timeout = var.function.timeout != null ? var.function.timeout : min(900, max(60, ceil(local.batch_worst_case + 5)))

  # AWS's ratio for queues that feed Lambda: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
  # At most 6 x 900 s + 300 s = 95 minutes, which SQS's limit of 12 hours always holds.
  visibility_timeout = 6 * local.function_timeout + var.batch.window

  # The receives that have to fit into the retention: all that a message has. Without dead letters no receive is the last, and eleven have to
  # fit, for then the metric Blocked tells of the message.
  receives = var.queue.dead_letters ? coalesce(var.queue.max_receive_count, 10) : 11

  # The back-off after each receive but the last, without jitter. With a base of 0 there is none: the function then leaves visibility alone.
  backs_off = local.seconds.base > 0
  back_offs = [for receive in range(1, local.receives) : min(local.seconds.cap, local.seconds.base * pow(2, receive - 1))]

  # What the endpoint may be down before a message has used up its receives, if the breaker parks none for longer; without dead letters, before a
  # message that waits for as long as it may expires.
  outage_survived = (
    !var.queue.dead_letters ? var.queue.retention - local.longest_interval
    : local.backs_off ? sum(concat([0], local.back_offs))
    : (local.receives - 1) * local.visibility_timeout
  )

  # The longest back-offs: an endpoint fault's, whose base is 60 s at least, with a jitter of a fifth; in whole seconds, as SQS takes them.
  longest_back_offs = [
    for receive in range(1, local.receives) :
    ceil(min(local.milliseconds.cap, 6 * max(60000, local.milliseconds.base) * pow(2, receive - 1) / 5) / 1000)
  ]

  # From each receive to the next at most. Lambda may gather for the whole window, and the function may take all its time, before the message is
  # put off: for the back-off, for what the endpoint asks, or for 15 minutes, the breaker's longest pause. Where it is not put off, its
  # visibility timeout ends, and a queue with a backlog may be 15 minutes late to give it out again.
  receive_intervals = [
    for back_off in local.longest_back_offs :
    local.function_timeout + var.batch.window + max(local.visibility_timeout, 900, local.backs_off ? max(back_off, ceil(local.seconds.retry_after)) : 0)
  ]
  # After however many receives.
  longest_interval = (
    local.function_timeout + var.batch.window + max(local.visibility_timeout, 900, local.backs_off ? ceil(max(local.seconds.cap, local.seconds.retry_after)) : 0)
  )
  # From the message's arrival to the last of these receives; the queue has no delay.
  receives_last = var.batch.window + sum(concat([0], local.receive_intervals))

  maximum_concurrency = var.concurrency.pollers == null ? coalesce(var.concurrency.maximum, 10) : null
  # A poller runs up to 10 invocations at once: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html
  invocations_at_once = var.concurrency.pollers == null ? local.maximum_concurrency : 10 * var.concurrency.pollers.maximum
}

check "batch_fits" {
  assert {
    condition     = local.batch_worst_case <= local.function_timeout
    error_message = "A batch of ${var.batch.size} messages may need ${local.batch_worst_case} s (${local.at_once} at once, ${local.seconds.request} s each, ${var.endpoint.rate_limit == null ? "" : "at most ${coalesce(var.endpoint.rate_limit, 0)} a second, "}and a margin of ${local.seconds.margin} s), and the function has ${local.function_timeout} s: a request that its end cuts may be delivered twice, and what it does not reach is reported NotAttempted, comes again and has used up a receive. Lower batch.size or ${local.request_timeouts}, or raise ${join(" or ", concat(var.fifo || local.waves == 1 ? [] : ["endpoint.concurrency"], var.endpoint.rate_limit == null ? [] : ["endpoint.rate_limit"], ["function.timeout (900 s at most)"]))}."
  }
}

check "retention" {
  # What is refused is not warned of as well.
  assert {
    condition     = !var.queue.dead_letters || var.queue.retention <= local.receives_last || var.queue.retention >= 2 * local.receives_last
    error_message = "The receives of a message may last ${local.receives_last} s, and queue.retention is ${var.queue.retention} s: a message that waits for its first receive for more than the ${var.queue.retention - local.receives_last} s between them may expire before it reaches the dead-letter queue. Raise queue.retention to ${min(1209600, 2 * local.receives_last)}${local.receives_last > 604800 ? ", the most SQS takes," : ""} or lower queue.max_receive_count${local.backs_off ? ", backoff.cap or backoff.retry_after_max" : ""}."
  }
}

check "blocked" {
  # What is refused is not warned of as well.
  assert {
    condition     = var.queue.dead_letters || !var.fifo || var.queue.retention <= local.longest_interval || var.queue.retention > local.receives_last
    error_message = "Without dead letters a message that fails blocks its group until it expires. The alarm blocked tells of it after its eleventh receive, up to ${local.receives_last} s after its arrival, and queue.retention is ${var.queue.retention} s: it may expire before. Raise queue.retention above ${local.receives_last}${local.backs_off ? ", or lower backoff.cap or backoff.retry_after_max" : ""}."
  }
}

check "receives" {
  assert {
    condition     = local.receives >= 5
    error_message = "queue.max_receive_count is ${local.receives}: ${local.outage_survived} s without the endpoint, or a few throttled invocations, send good messages to the dead-letter queue. AWS advises at least 5."
  }
}

check "reserved_concurrency" {
  assert {
    condition     = var.function.reserved_concurrency == null
    error_message = "function.reserved_concurrency is ${coalesce(var.function.reserved_concurrency, 0)}: Lambda's pollers do not look at it, and each receive it throttles counts. The limit they keep is concurrency (now up to ${local.invocations_at_once} invocations at once)."
  }
}
