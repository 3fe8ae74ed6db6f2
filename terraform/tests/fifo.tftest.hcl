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
    condition     = aws_sqs_queue.queue.fifo_queue && aws_sqs_queue.dead_letters.fifo_queue
    error_message = "One of the queues is not FIFO."
  }
  assert {
    condition     = aws_sqs_queue.queue.name == "orders.fifo" && aws_sqs_queue.dead_letters.name == "orders-dlq.fifo"
    error_message = "The queues are called ${aws_sqs_queue.queue.name} and ${aws_sqs_queue.dead_letters.name}."
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
    condition     = alltrue([for name in ["endpoint-faults", "parked"] : aws_cloudwatch_metric_alarm.alarm[name].dimensions == tomap({ Function = "orders", Queue = "orders.fifo" })])
    error_message = "The alarms watch deliveries from other queues."
  }
  assert {
    condition     = endswith(output.commands.send, " --message-group-id group-1 --message-deduplication-id \"$(date +%s%N)\"")
    error_message = "commands.send is ${output.commands.send}."
  }
}

run "the_longest_name" {
  command = plan

  variables {
    name = "n123456789012345678901234567890123456789012345678901234567890123"
  }

  assert {
    condition     = length(aws_lambda_function.function.function_name) == 64 && length(aws_sqs_queue.dead_letters.name) <= 80
    error_message = "${aws_sqs_queue.dead_letters.name} is too long for SQS."
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
