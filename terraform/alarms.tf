locals {
  of_function = { FunctionName = aws_lambda_function.function.function_name }
  # Of the metrics that the function counts itself.
  of_delivery = { Function = aws_lambda_function.function.function_name, Queue = aws_sqs_queue.queue.name }

  # The alarms that the queue has no use for.
  needless = concat(var.queue.dead_letters ? [] : ["dead-letters"], var.fifo ? [] : ["blocked"])

  # An alarm goes off when `late` of the last `minutes` minutes were above the threshold.
  alarms = {
    dead-letters = {
      description = "The dead-letter queue holds messages: find out why, mend it, then redrive them."
      namespace   = "AWS/SQS"
      metric      = "ApproximateNumberOfMessagesVisible"
      dimensions  = { QueueName = one(aws_sqs_queue.dead_letters[*].name) }
      statistic   = "Maximum"
      threshold   = 0
      late        = 1
      minutes     = 1
    }
    oldest-age = {
      description = "A message has waited for longer than two visibility timeouts (${2 * local.visibility_timeout} s): the function does not keep up. Messages that fail again and again do not count here, for SQS leaves out what was received three times."
      namespace   = "AWS/SQS"
      metric      = "ApproximateAgeOfOldestMessage"
      dimensions  = { QueueName = aws_sqs_queue.queue.name }
      statistic   = "Maximum"
      threshold   = 2 * local.visibility_timeout
      late        = 5
      minutes     = 5
    }
    errors = {
      # A failed delivery is no error: the function answers normally. An error is a crash, wrong settings or a bug.
      description = "Invocations fail: read the log for SettingsRefused, InvocationFailed or AnswerRefused."
      namespace   = "AWS/Lambda"
      metric      = "Errors"
      dimensions  = local.of_function
      statistic   = "Sum"
      threshold   = 0
      # A single message that comes every visibility timeout makes no more than one error in as long.
      late    = 1
      minutes = 1
    }
    throttles = {
      description = "Lambda refuses invocations: up to ${local.invocations_at_once} may run at once, and the account or function.reserved_concurrency allows fewer. Each refusal uses up a receive."
      namespace   = "AWS/Lambda"
      metric      = "Throttles"
      dimensions  = local.of_function
      statistic   = "Sum"
      threshold   = 0
      late        = 3
      minutes     = 5
    }
    duration = {
      # Batches that the deadline cuts end a margin before the timeout; nine tenths of that come first.
      description = "Batches take nearly as long as the function may (${local.function_timeout} s): soon messages are reported NotAttempted. Lower batch.size, or raise function.timeout or endpoint.concurrency."
      namespace   = "AWS/Lambda"
      metric      = "Duration"
      dimensions  = local.of_function
      statistic   = "Maximum"
      threshold   = floor(900 * (local.function_timeout - local.seconds.margin))
      late        = 3
      minutes     = 5
    }
    endpoint-faults = {
      # One is too many: no wait mends an expired key, a wrong path or a redirect. An open breaker lets one request through every
      # 15 minutes at the longest; five minutes more, so that the alarm stays until the fault is mended.
      description = "The endpoint turns messages away for a reason that is not theirs (credentials, path, redirect, certificate): read the log for EndpointFault, and mend it before ${var.queue.dead_letters ? "the receives are used up" : "messages expire"}."
      namespace   = "SqsAotLambda"
      metric      = "EndpointFault"
      dimensions  = local.of_delivery
      statistic   = "Sum"
      threshold   = 0
      late        = 1
      minutes     = 20
    }
    parked = {
      # The breaker's pauses double from 30 s up to 15 minutes: the third minute with parked messages is about 3.5 minutes into an
      # outage, and an hour holds three of the longest pauses. Fewer where the receives survive less than 9 minutes: a third of that.
      description = "The endpoint is down: the breaker is open, and messages wait. ${var.queue.dead_letters ? "Without the breaker their receives last ${local.outage_survived} s; ReceivesLeft shows how many the nearest to its end still has" : "They expire ${var.queue.retention} s after their arrival"}."
      namespace   = "SqsAotLambda"
      metric      = "Parked"
      dimensions  = local.of_delivery
      statistic   = "Sum"
      threshold   = 0
      late        = max(1, min(3, floor(local.outage_survived / 180)))
      minutes     = 60
    }
    suspect = {
      # Five in a row were rejected before the first of these. Suspect messages wait for 60 s, then for twice as long each time: 20 minutes hold the
      # wait after the fifth receive.
      description = "The endpoint rejects one message after the other, and further ones wait: read the log for what it answers, and mend the endpoint or the producer before ${var.queue.dead_letters ? "the receives are used up" : "messages expire"}."
      namespace   = "SqsAotLambda"
      metric      = "Suspect"
      dimensions  = local.of_delivery
      statistic   = "Sum"
      threshold   = 0
      late        = 1
      minutes     = 20
    }
    blocked = {
      # A group is counted when its message is received. The longest wait until the next time, and a minute more, so that the alarm stays in
      # between; at most 741 of the 1440 minutes that CloudWatch allows.
      description = "A message was received more than ten times, and its group waits behind it: read the log for MessageFailed, and let the endpoint accept it or a route drop it, before it ${var.queue.dead_letters ? "becomes a dead letter" : "expires"}."
      namespace   = "SqsAotLambda"
      metric      = "Blocked"
      dimensions  = local.of_delivery
      statistic   = "Sum"
      threshold   = 0
      late        = 1
      minutes     = ceil(local.longest_interval / 60) + 1
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "alarm" {
  for_each = { for name, alarm in local.alarms : name => alarm if !contains(local.needless, name) }

  alarm_name          = "${var.name}-${each.key}"
  alarm_description   = each.value.description
  namespace           = each.value.namespace
  metric_name         = each.value.metric
  dimensions          = each.value.dimensions
  statistic           = each.value.statistic
  comparison_operator = "GreaterThanThreshold"
  threshold           = each.value.threshold
  period              = 60
  evaluation_periods  = each.value.minutes
  datapoints_to_alarm = each.value.late
  # Idle queues and functions report nothing.
  treat_missing_data = "notBreaching"
  alarm_actions      = var.alarm_actions
  ok_actions         = var.alarm_actions
  tags               = local.tags
}
