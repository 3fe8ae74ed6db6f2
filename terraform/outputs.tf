output "queue" {
  description = "The queue: url, arn, name."
  value       = { url = aws_sqs_queue.queue.url, arn = aws_sqs_queue.queue.arn, name = aws_sqs_queue.queue.name }
}

output "dead_letter_queue" {
  description = "The dead-letter queue: url, arn, name; null where queue.dead_letters is false."
  value       = one([for queue in aws_sqs_queue.dead_letters : { url = queue.url, arn = queue.arn, name = queue.name }])
}

output "function" {
  description = "The function: name, arn, the version just published, the version that takes messages, role_arn, role_name (for policies of your own) and log_group."
  value = {
    name         = aws_lambda_function.function.function_name
    arn          = aws_lambda_function.function.arn
    version      = aws_lambda_function.function.version
    live_version = aws_lambda_alias.live.function_version
    role_arn     = aws_iam_role.function.arn
    role_name    = aws_iam_role.function.name
    log_group    = aws_cloudwatch_log_group.function.name
  }
}

output "timeouts" {
  description = "The timeout chain in seconds: request, margin, batch_worst_case, function, visibility, outage_survived (all back-offs; without dead letters the retention less the longest wait), receives_last (from arrival to the last receive, at the longest), retention and dead_letter_retention. Without dead letters receives_last and dead_letter_retention are null."
  value = {
    request               = local.seconds.request
    margin                = local.seconds.margin
    batch_worst_case      = local.batch_worst_case
    function              = local.function_timeout
    visibility            = local.visibility_timeout
    outage_survived       = local.outage_survived
    receives_last         = var.queue.dead_letters ? local.receives_last : null
    retention             = var.queue.retention
    dead_letter_retention = var.queue.dead_letters ? var.queue.dead_letter_retention : null
  }
}

output "alarm_arns" {
  description = "ARNs of the alarms: dead-letters, oldest-age, errors, throttles, duration, endpoint-faults, parked, suspect, on a FIFO queue blocked. Without dead letters there is no dead-letters."
  value       = { for name, alarm in aws_cloudwatch_metric_alarm.alarm : name => alarm.arn }
}

output "dashboard" {
  description = "Name of the CloudWatch dashboard."
  value       = aws_cloudwatch_dashboard.dashboard.dashboard_name
}

output "producer_policy" {
  description = "An IAM policy in JSON for the role of a producer: it may send to the queue, and to nothing else."
  value = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [{
        Effect   = "Allow"
        Action   = ["sqs:SendMessage", "sqs:GetQueueUrl"]
        Resource = aws_sqs_queue.queue.arn
      }],
      # SQS asks for both of whoever sends to a queue encrypted with a key.
      var.queue.kms_key_arn == null ? [] : [{
        Effect   = "Allow"
        Action   = ["kms:GenerateDataKey", "kms:Decrypt"]
        Resource = var.queue.kms_key_arn
      }],
    )
  })
}

output "commands" {
  description = "Commands for the AWS CLI: send (one message) and redrive (the dead letters, back to the queue; null where queue.dead_letters is false)."
  value = {
    send = "aws sqs send-message --region ${aws_sqs_queue.queue.region} --queue-url ${aws_sqs_queue.queue.url} --message-body '{\"hello\":\"world\"}'${var.fifo ? " --message-group-id group-1 --message-deduplication-id \"$(date +%s%N)\"" : ""}"
    redrive = one([for queue in aws_sqs_queue.dead_letters :
      "aws sqs start-message-move-task --region ${aws_sqs_queue.queue.region} --source-arn ${queue.arn} --destination-arn ${aws_sqs_queue.queue.arn}"
    ])
  }
}
