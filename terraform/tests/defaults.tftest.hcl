# What name, package and endpoint.url alone create.

mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  name     = "orders"
  package  = { file = "tests/fixtures/package.zip" }
  endpoint = { url = "https://api.example.com/orders" }
}

run "queues" {
  command = plan

  assert {
    condition     = aws_sqs_queue.queue.name == "orders" && aws_sqs_queue.dead_letters[0].name == "orders-dlq"
    error_message = "The queues are called ${aws_sqs_queue.queue.name} and ${aws_sqs_queue.dead_letters[0].name}."
  }
  assert {
    condition     = !aws_sqs_queue.queue.fifo_queue && !aws_sqs_queue.dead_letters[0].fifo_queue && !aws_sqs_queue.queue.content_based_deduplication
    error_message = "The queues are not standard queues."
  }
  assert {
    condition     = aws_sqs_queue.queue.visibility_timeout_seconds == 360
    error_message = "The visibility timeout is ${aws_sqs_queue.queue.visibility_timeout_seconds} s."
  }
  assert {
    condition     = aws_sqs_queue.queue.message_retention_seconds == 4 * 24 * 3600 && aws_sqs_queue.dead_letters[0].message_retention_seconds == 14 * 24 * 3600
    error_message = "Messages stay ${aws_sqs_queue.queue.message_retention_seconds} s, dead letters ${aws_sqs_queue.dead_letters[0].message_retention_seconds} s."
  }
  assert {
    condition     = aws_sqs_queue.queue.max_message_size == 1024 * 1024 && aws_sqs_queue.dead_letters[0].max_message_size == 1024 * 1024
    error_message = "A message of 1 MiB does not fit."
  }
  assert {
    condition     = aws_sqs_queue.queue.sqs_managed_sse_enabled && aws_sqs_queue.queue.kms_master_key_id == null
    error_message = "The queue is not encrypted with SQS's own key."
  }
  assert {
    condition     = aws_sqs_queue.dead_letters[0].sqs_managed_sse_enabled && aws_sqs_queue.dead_letters[0].kms_master_key_id == null
    error_message = "The dead-letter queue is not encrypted with SQS's own key."
  }
}

run "function" {
  command = plan

  assert {
    condition     = aws_lambda_function.function.function_name == "orders"
    error_message = "The function is called ${aws_lambda_function.function.function_name}."
  }
  assert {
    condition     = aws_lambda_function.function.runtime == "provided.al2023" && aws_lambda_function.function.handler == "bootstrap"
    error_message = "The runtime is ${aws_lambda_function.function.runtime}."
  }
  assert {
    condition     = aws_lambda_function.function.architectures == tolist(["arm64"])
    error_message = "The architecture is ${jsonencode(aws_lambda_function.function.architectures)}."
  }
  assert {
    condition     = aws_lambda_function.function.memory_size == 256 && aws_lambda_function.function.timeout == 60
    error_message = "The function has ${aws_lambda_function.function.memory_size} MB and ${aws_lambda_function.function.timeout} s."
  }
  assert {
    condition     = aws_lambda_function.function.reserved_concurrent_executions == -1
    error_message = "Concurrency is reserved."
  }
  assert {
    condition     = aws_lambda_function.function.publish
    error_message = "No versions are published."
  }
  assert {
    condition     = one(aws_lambda_function.function.tracing_config).mode == "PassThrough" && length(aws_lambda_function.function.vpc_config) == 0
    error_message = "Tracing or a VPC is on."
  }
  assert {
    condition     = one(aws_lambda_function.function.logging_config) == { log_format = "JSON", application_log_level = "INFO", system_log_level = "INFO", log_group = "/aws/lambda/orders" }
    error_message = "Logging is ${jsonencode(aws_lambda_function.function.logging_config)}."
  }
  assert {
    condition     = aws_cloudwatch_log_group.function.name == "/aws/lambda/orders" && aws_cloudwatch_log_group.function.retention_in_days == 30
    error_message = "The log group is ${aws_cloudwatch_log_group.function.name}, kept for ${aws_cloudwatch_log_group.function.retention_in_days} days."
  }
}

run "mapping" {
  command = plan

  assert {
    condition     = aws_lambda_event_source_mapping.queue.batch_size == 10 && aws_lambda_event_source_mapping.queue.maximum_batching_window_in_seconds == 0
    error_message = "The batch is not 10 messages without a window."
  }
  assert {
    condition     = aws_lambda_event_source_mapping.queue.function_response_types == toset(["ReportBatchItemFailures"])
    error_message = "Partial batch answers are off: undelivered messages would be deleted."
  }
  assert {
    condition     = one(aws_lambda_event_source_mapping.queue.metrics_config).metrics == toset(["EventCount"])
    error_message = "The mapping's own metrics are off."
  }
  assert {
    condition     = one(aws_lambda_event_source_mapping.queue.scaling_config).maximum_concurrency == 10 && length(aws_lambda_event_source_mapping.queue.provisioned_poller_config) == 0
    error_message = "Concurrency is not at most 10, polling by demand."
  }
  assert {
    condition     = length(aws_lambda_event_source_mapping.queue.filter_criteria) == 0
    error_message = "There is a filter."
  }
}

# Applied, because a plan does not know the dead-letter queue's URL yet.
run "settings" {
  assert {
    condition = one(aws_lambda_function.function.environment).variables == tomap({
      FORWARD_URL                = "https://api.example.com/orders"
      FORWARD_ALLOW_HTTP         = "false"
      FORWARD_METHOD             = "POST"
      FORWARD_TIMEOUT            = "15s"
      FORWARD_CONNECT_TIMEOUT    = "3s"
      FORWARD_RESEND             = "on"
      FORWARD_CONCURRENCY        = "10"
      FORWARD_PACE               = "on"
      FORWARD_DEADLINE_MARGIN    = "1500ms"
      FORWARD_CONTENT_TYPE       = "application/json"
      FORWARD_HEADERS            = "sqsd"
      FORWARD_IDEMPOTENCY_HEADER = "Idempotency-Key"
      FORWARD_IDEMPOTENCY_SOURCE = "messageId"
      FORWARD_MAX_HEADER         = "8000"
      FORWARD_SUCCESS_ON         = "200-299"
      FORWARD_DISPOSITION        = "off"
      FORWARD_BACKOFF_BASE       = "30s"
      FORWARD_BACKOFF_CAP        = "2h"
      FORWARD_RETRY_AFTER_MAX    = "2h"
      FORWARD_BREAKER            = "on"
      FORWARD_SUSPECT            = "on"
      FORWARD_DEAD_LETTERS       = "on"
      FORWARD_MAX_RECEIVE_COUNT  = "10"
      FORWARD_DLQ_URL            = "https://sqs.eu-west-1.amazonaws.com/111111111111/orders-dlq"
    })
    error_message = "The function's environment is ${jsonencode(one(aws_lambda_function.function.environment).variables)}."
  }
}

run "wiring" {
  assert {
    condition = aws_sqs_queue_redrive_policy.queue[0].queue_url == aws_sqs_queue.queue.url && jsondecode(aws_sqs_queue_redrive_policy.queue[0].redrive_policy) == {
      deadLetterTargetArn = aws_sqs_queue.dead_letters[0].arn
      maxReceiveCount     = 10
    }
    error_message = "The redrive policy is ${aws_sqs_queue_redrive_policy.queue[0].redrive_policy}."
  }
  assert {
    condition = aws_sqs_queue_redrive_allow_policy.dead_letters[0].queue_url == aws_sqs_queue.dead_letters[0].url && jsondecode(aws_sqs_queue_redrive_allow_policy.dead_letters[0].redrive_allow_policy) == {
      redrivePermission = "byQueue"
      sourceQueueArns   = [aws_sqs_queue.queue.arn]
    }
    error_message = "The redrive-allow policy is ${aws_sqs_queue_redrive_allow_policy.dead_letters[0].redrive_allow_policy}."
  }
  assert {
    condition     = aws_lambda_event_source_mapping.queue.event_source_arn == aws_sqs_queue.queue.arn
    error_message = "The mapping reads ${aws_lambda_event_source_mapping.queue.event_source_arn}."
  }
  assert {
    condition     = aws_lambda_event_source_mapping.queue.function_name == aws_lambda_alias.live.arn
    error_message = "The mapping invokes ${aws_lambda_event_source_mapping.queue.function_name}, not the alias."
  }
  assert {
    condition     = aws_lambda_alias.live.name == "live" && aws_lambda_alias.live.function_name == "orders" && aws_lambda_alias.live.function_version == "7"
    error_message = "The alias is on version ${aws_lambda_alias.live.function_version}, and 7 was published."
  }
  assert {
    condition     = aws_lambda_function.function.role == aws_iam_role.function.arn && aws_iam_role_policy.function.role == aws_iam_role.function.name
    error_message = "The function runs as ${aws_lambda_function.function.role}."
  }
}

run "outputs" {
  assert {
    condition     = output.queue == { url = aws_sqs_queue.queue.url, arn = aws_sqs_queue.queue.arn, name = "orders" }
    error_message = "queue is ${jsonencode(output.queue)}."
  }
  assert {
    condition     = output.dead_letter_queue == { url = aws_sqs_queue.dead_letters[0].url, arn = aws_sqs_queue.dead_letters[0].arn, name = "orders-dlq" }
    error_message = "dead_letter_queue is ${jsonencode(output.dead_letter_queue)}."
  }
  assert {
    condition = output.function == {
      name         = "orders"
      arn          = "arn:aws:lambda:eu-west-1:111111111111:function:orders"
      version      = "7"
      live_version = "7"
      role_arn     = "arn:aws:iam::111111111111:role/orders"
      role_name    = "orders"
      log_group    = "/aws/lambda/orders"
    }
    error_message = "function is ${jsonencode(output.function)}."
  }
  assert {
    condition     = output.alarm_arns == { for name, alarm in aws_cloudwatch_metric_alarm.alarm : name => alarm.arn }
    error_message = "alarm_arns is ${jsonencode(output.alarm_arns)}."
  }
  assert {
    condition     = output.dashboard == "orders"
    error_message = "dashboard is ${output.dashboard}."
  }
  assert {
    condition     = output.commands.send == "aws sqs send-message --region eu-west-1 --queue-url ${aws_sqs_queue.queue.url} --message-body '{\"hello\":\"world\"}'"
    error_message = "commands.send is ${output.commands.send}."
  }
  assert {
    condition     = output.commands.redrive == "aws sqs start-message-move-task --region eu-west-1 --source-arn ${aws_sqs_queue.dead_letters[0].arn} --destination-arn ${aws_sqs_queue.queue.arn}"
    error_message = "commands.redrive is ${output.commands.redrive}."
  }
}

run "tags" {
  command = plan

  variables {
    tags = { team = "orders" }
  }

  assert {
    condition = alltrue([for tags in concat([
      aws_sqs_queue.queue.tags,
      aws_sqs_queue.dead_letters[0].tags,
      aws_lambda_function.function.tags,
      aws_lambda_event_source_mapping.queue.tags,
      aws_cloudwatch_log_group.function.tags,
      aws_iam_role.function.tags,
    ], [for alarm in aws_cloudwatch_metric_alarm.alarm : alarm.tags]) : tags == tomap({ Name = "orders", team = "orders" })])
    error_message = "Something goes without its tags."
  }
}
