# FIFO queues.

mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  name     = "orders"
  package  = { file = "tests/fixtures/package.zip" }
  endpoint = { url = "https://api.example.com/orders" }
  fifo     = true
}

run "queues" {
  command = plan

  assert {
    condition     = aws_sqs_queue.queue.fifo_queue && aws_sqs_queue.dead_letters[0].fifo_queue
    error_message = "One of the queues is not FIFO."
  }
  assert {
    condition     = aws_sqs_queue.queue.name == "orders.fifo" && aws_sqs_queue.dead_letters[0].name == "orders-dlq.fifo"
    error_message = "The queues are called ${aws_sqs_queue.queue.name} and ${aws_sqs_queue.dead_letters[0].name}."
  }
  assert {
    condition     = !aws_sqs_queue.queue.content_based_deduplication
    error_message = "Content-based deduplication is on."
  }
}

run "one_group_fills_a_batch" {
  command = plan

  assert {
    condition     = output.timeouts.batch_worst_case == 151.5 && output.timeouts.function == 157 && output.timeouts.visibility == 942
    error_message = "The chain is ${jsonencode(output.timeouts)}."
  }
}

# A dead letter begins a new life: SQS gives it the time at which it died.
run "dead_letters_that_do_not_outlast_the_messages" {
  command = plan

  variables {
    queue = { retention = 1209600, dead_letter_retention = 1209600 }
  }
}

# And is not told of blocked groups as well.
run "receives_that_outlast_the_retention_are_refused" {
  command = plan

  variables {
    queue = { retention = 9 * (157 + 7200) }
  }

  expect_failures = [aws_sqs_queue.queue]
}

run "content_based_deduplication" {
  command = plan

  variables {
    queue = { content_based_deduplication = true }
  }

  assert {
    condition     = aws_sqs_queue.queue.content_based_deduplication
    error_message = "Content-based deduplication is off."
  }
}

run "alarms_and_commands" {
  assert {
    condition     = aws_cloudwatch_metric_alarm.alarm["dead-letters"].dimensions.QueueName == "orders-dlq.fifo" && aws_cloudwatch_metric_alarm.alarm["oldest-age"].dimensions.QueueName == "orders.fifo"
    error_message = "The alarms watch other queues."
  }
  assert {
    condition     = alltrue([for name in ["endpoint-faults", "parked", "suspect", "blocked"] : aws_cloudwatch_metric_alarm.alarm[name].dimensions == tomap({ Function = "orders", Queue = "orders.fifo" })])
    error_message = "The alarms watch deliveries from other queues."
  }
  assert {
    condition     = endswith(output.commands.send, " --message-group-id group-1 --message-deduplication-id \"$(date +%s%N)\"")
    error_message = "commands.send is ${output.commands.send}."
  }
}

run "blocked_groups" {
  assert {
    condition = alltrue([for alarm in [aws_cloudwatch_metric_alarm.alarm["blocked"]] :
      alarm.namespace == "SqsAotLambda" && alarm.metric_name == "Blocked" && alarm.statistic == "Sum" && alarm.threshold == 0
    ])
    error_message = "The alarm watches ${aws_cloudwatch_metric_alarm.alarm["blocked"].metric_name}."
  }
  # 157 s of the function and the cap of 7200 s.
  assert {
    condition     = aws_cloudwatch_metric_alarm.alarm["blocked"].datapoints_to_alarm == 1 && aws_cloudwatch_metric_alarm.alarm["blocked"].evaluation_periods == 124
    error_message = "The alarm is over after ${aws_cloudwatch_metric_alarm.alarm["blocked"].evaluation_periods} minutes."
  }
  assert {
    condition = [for widget in jsondecode(aws_cloudwatch_dashboard.dashboard.dashboard_body).widgets : [for metric in widget.properties.metrics : metric[1]]
      if widget.properties.title == "Delivery: parked, suspect, blocked groups, copied to the dead-letter queue"
    ] == [["Parked", "Suspect", "Blocked", "DeadLettered"]]
    error_message = "The dashboard does not show blocked groups: ${aws_cloudwatch_dashboard.dashboard.dashboard_body}"
  }
}

run "the_longest_waits_keep_the_alarm_on_blocked_groups_within_a_day" {
  command = plan

  variables {
    backoff  = { cap = "12h" }
    queue    = { retention = 1209600 }
    function = { timeout = 900 }
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.alarm["blocked"].evaluation_periods == 736
    error_message = "The alarm looks at ${aws_cloudwatch_metric_alarm.alarm["blocked"].evaluation_periods} minutes."
  }
}

run "the_longest_name" {
  command = plan

  variables {
    name = "n123456789012345678901234567890123456789012345678901234567890123"
  }

  assert {
    condition     = length(aws_lambda_function.function.function_name) == 64 && length(aws_sqs_queue.dead_letters[0].name) <= 80
    error_message = "${aws_sqs_queue.dead_letters[0].name} is too long for SQS."
  }
}

run "eleven_messages_are_refused" {
  command = plan

  variables {
    batch    = { size = 11 }
    endpoint = { url = "https://api.example.com", timeout = "5s" }
  }

  expect_failures = [var.batch]
}

run "a_window_is_refused" {
  command = plan

  variables {
    batch = { window = 1 }
  }

  expect_failures = [var.batch]
}
