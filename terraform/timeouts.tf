# One chain, from the endpoint's answer time to the queue's retention. README.md, "The timeout chain", tells it in words.

locals {
  unit_ms = { ms = 1, s = 1000, m = 60000, h = 3600000 }
  seconds = {
    for name, texts in {
      # Terraform knows the routes, not those in a file.
      request     = concat([var.endpoint.timeout], [for route in local.routes : route.timeout if try(route.timeout, null) != null])
      margin      = [var.endpoint.deadline_margin]
      base        = [var.backoff.base]
      cap         = [var.backoff.cap]
      retry_after = [var.backoff.retry_after_max]
    } :
    name => max([for text in texts : tonumber(regex("^[0-9]+", text)) * local.unit_ms[regex("[a-z]+$", text)] / 1000]...)
  }
  # For messages: where the longest request comes from.
  request_timeouts = length(local.routes) == 0 ? "endpoint.timeout" : "endpoint.timeout and the timeouts of routes"

  # In the worst case all messages of a FIFO batch are of one group, and go one after the other.
  waves = var.fifo ? var.batch.size : ceil(var.batch.size / var.endpoint.concurrency)
  # A batch is sent by one execution environment, and the rate limit is of one. In whole milliseconds, for a message to show.
  rate_limited     = var.endpoint.rate_limit == null ? 0 : ceil(1000 * var.batch.size / var.endpoint.rate_limit) / 1000
  batch_worst_case = max(local.waves * local.seconds.request, local.rate_limited) + local.seconds.margin

  # 5 s on top for the start of the process; 60 s at least, so that one slow batch is no reason to tune; 900 s is Lambda's limit.
  function_timeout = var.function.timeout != null ? var.function.timeout : min(900, max(60, ceil(local.batch_worst_case + 5)))

  # AWS's ratio for queues that feed Lambda: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
  # At most 6 x 900 s + 300 s = 95 minutes, which SQS's limit of 12 hours always holds.
  visibility_timeout = 6 * local.function_timeout + var.batch.window

  # The back-off after each receive but the last, without jitter. With a base of 0 there is none: the function then leaves visibility alone.
  backs_off = local.seconds.base > 0
  back_offs = [for receive in range(1, var.queue.max_receive_count) : min(local.seconds.cap, local.seconds.base * pow(2, receive - 1))]

  # What the endpoint may be down before a message has used up its receives, if the breaker parks none for longer.
  outage_survived = local.backs_off ? sum(concat([0], local.back_offs)) : (var.queue.max_receive_count - 1) * local.visibility_timeout

  # From each receive to the next at most: the visibility timeout, 15 minutes (the breaker's longest pause, and a queue with a backlog is
  # slow to give a message out again), the back-off with a jitter of a fifth, or what the endpoint asks for.
  receive_intervals = [for back_off in local.back_offs : max(local.visibility_timeout, 900, 6 * back_off / 5, local.backs_off ? local.seconds.retry_after : 0)]
  receives_last     = sum(concat([0], local.receive_intervals))

  maximum_concurrency = var.concurrency.pollers == null ? coalesce(var.concurrency.maximum, 10) : null
  # A poller runs up to 10 invocations at once: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html
  invocations_at_once = var.concurrency.pollers == null ? local.maximum_concurrency : 10 * var.concurrency.pollers.maximum
}

check "batch_fits" {
  assert {
    condition     = local.batch_worst_case <= local.function_timeout
    error_message = "A batch may need ${local.batch_worst_case} s (${local.rate_limited > local.waves * local.seconds.request ? "${var.batch.size} messages at ${coalesce(var.endpoint.rate_limit, 0)} a second" : "${local.waves} x ${local.seconds.request} s"} and a margin of ${local.seconds.margin} s), and the function has ${local.function_timeout} s: what it does not reach is reported NotAttempted, comes again and has used up a receive. Lower batch.size${local.rate_limited > local.waves * local.seconds.request ? ", raise endpoint.rate_limit" : " or ${local.request_timeouts}${var.fifo ? "" : ", raise endpoint.concurrency"}"}, or raise function.timeout (900 s at most)."
  }
}

check "receives" {
  assert {
    condition     = var.queue.max_receive_count >= 5
    error_message = "queue.max_receive_count is ${var.queue.max_receive_count}: ${local.outage_survived} s without the endpoint, or a few throttled invocations, send good messages to the dead-letter queue. AWS advises at least 5."
  }
}

check "reserved_concurrency" {
  assert {
    condition     = var.function.reserved_concurrency == null
    error_message = "function.reserved_concurrency is ${coalesce(var.function.reserved_concurrency, 0)}: Lambda's pollers do not look at it, and each receive it throttles counts. The limit they keep is concurrency (now up to ${local.invocations_at_once} invocations at once)."
  }
}
