# One chain, from the endpoint's answer time to the queue's retention. README.md, "The timeout chain", tells it in words.

locals {
  unit_ms = { ms = 1, s = 1000, m = 60000, h = 3600000 }
  seconds = {
    for name, text in { request = var.endpoint.timeout, margin = var.endpoint.deadline_margin } :
    name => tonumber(regex("^[0-9]+", text)) * local.unit_ms[regex("[a-z]+$", text)] / 1000
  }

  # In the worst case all messages of a FIFO batch are of one group, and go one after the other.
  waves            = var.fifo ? var.batch.size : ceil(var.batch.size / var.endpoint.concurrency)
  batch_worst_case = local.waves * local.seconds.request + local.seconds.margin

  # 5 s on top for the start of the process; 60 s at least, so that one slow batch is no reason to tune; 900 s is Lambda's limit.
  function_timeout = var.function.timeout != null ? var.function.timeout : min(900, max(60, ceil(local.batch_worst_case + 5)))

  # AWS's ratio for queues that feed Lambda: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
  # At most 6 x 900 s + 300 s = 95 minutes, which SQS's limit of 12 hours always holds.
  visibility_timeout = 6 * local.function_timeout + var.batch.window

  # From one receive to the next; a quarter of an hour at least, because a queue with a backlog is slow to give a message out again.
  receive_interval = max(local.visibility_timeout, 900)
  receives_last    = (var.queue.max_receive_count - 1) * local.receive_interval

  maximum_concurrency = var.concurrency.pollers == null ? coalesce(var.concurrency.maximum, 10) : null
  # A poller runs up to 10 invocations at once: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html
  invocations_at_once = var.concurrency.pollers == null ? local.maximum_concurrency : 10 * var.concurrency.pollers.maximum
}

check "batch_fits" {
  assert {
    condition     = local.batch_worst_case <= local.function_timeout
    error_message = "A batch may need ${local.batch_worst_case} s (${local.waves} x ${local.seconds.request} s and a margin of ${local.seconds.margin} s), and the function has ${local.function_timeout} s: what it does not reach is reported NotAttempted, comes again and has used up a receive. Lower batch.size or endpoint.timeout${var.fifo ? "" : ", raise endpoint.concurrency"}, or raise function.timeout (900 s at most)."
  }
}

check "receives" {
  assert {
    condition     = var.queue.max_receive_count >= 5
    error_message = "queue.max_receive_count is ${var.queue.max_receive_count}: a short outage of the endpoint, or a few throttled invocations, send good messages to the dead-letter queue. AWS advises at least 5."
  }
}

check "reserved_concurrency" {
  assert {
    condition     = var.function.reserved_concurrency == null
    error_message = "function.reserved_concurrency is ${coalesce(var.function.reserved_concurrency, 0)}: Lambda's pollers do not look at it, and each receive it throttles counts. The limit they keep is concurrency (now up to ${local.invocations_at_once} invocations at once)."
  }
}
