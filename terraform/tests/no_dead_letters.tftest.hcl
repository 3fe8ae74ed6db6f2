# A queue without dead letters: nothing speaks of a dead-letter queue, and messages wait until they expire.

mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  name     = "orders"
  package  = { file = "tests/fixtures/package.zip" }
  endpoint = { url = "https://api.example.com/orders" }
  fifo     = true
  queue    = { dead_letters = false }
}

run "no_dead_letter_queue" {
  assert {
    condition     = length(aws_sqs_queue.dead_letters) + length(aws_sqs_queue_redrive_policy.queue) == 0
    error_message = "There is a dead-letter queue, or a redrive policy."
  }
  assert {
    condition     = length(aws_sqs_queue_redrive_allow_policy.dead_letters) + length(aws_sqs_queue_policy.dead_letters) == 0
    error_message = "There are policies of a dead-letter queue."
  }
}

run "settings" {
  assert {
    condition     = one(aws_lambda_function.function.environment).variables.FORWARD_DEAD_LETTERS == "off"
    error_message = "FORWARD_DEAD_LETTERS is ${one(aws_lambda_function.function.environment).variables.FORWARD_DEAD_LETTERS}."
  }
  assert {
    condition     = length(setintersection(keys(one(aws_lambda_function.function.environment).variables), ["FORWARD_DLQ_URL", "FORWARD_MAX_RECEIVE_COUNT"])) == 0
    error_message = "The function's environment is ${jsonencode(one(aws_lambda_function.function.environment).variables)}."
  }
}

run "permissions" {
  assert {
    condition     = jsondecode(aws_iam_role_policy.function.policy).Statement[*].Sid == ["Queue", "Logs"]
    error_message = "The function may ${aws_iam_role_policy.function.policy}."
  }
}

run "permissions_with_a_key" {
  state_key = "key"

  variables {
    queue = { dead_letters = false, kms_key_arn = "arn:aws:kms:eu-west-1:111111111111:key/k" }
  }

  assert {
    condition     = [for statement in jsondecode(aws_iam_role_policy.function.policy).Statement : statement.Action if statement.Sid == "Key"] == [["kms:Decrypt"]]
    error_message = "The function may ${aws_iam_role_policy.function.policy}."
  }
}

run "outputs" {
  assert {
    condition     = output.dead_letter_queue == null && output.commands.redrive == null && startswith(output.commands.send, "aws sqs send-message ")
    error_message = "dead_letter_queue is ${jsonencode(output.dead_letter_queue)}, commands are ${jsonencode(output.commands)}."
  }
  assert {
    condition = jsondecode(jsonencode(output.timeouts)) == {
      request               = 15
      margin                = 1.5
      batch_worst_case      = 151.5
      function              = 157
      visibility            = 942
      outage_survived       = 345600 - (157 + 7200)
      receives_last         = null
      retention             = 345600
      dead_letter_retention = null
    }
    error_message = "The chain is ${jsonencode(output.timeouts)}."
  }
}

run "alarms" {
  assert {
    condition     = keys(aws_cloudwatch_metric_alarm.alarm) == ["blocked", "duration", "endpoint-faults", "errors", "oldest-age", "parked", "suspect", "throttles"]
    error_message = "The alarms are ${join(", ", keys(aws_cloudwatch_metric_alarm.alarm))}."
  }
  assert {
    condition     = aws_cloudwatch_metric_alarm.alarm["parked"].datapoints_to_alarm == 3 && endswith(aws_cloudwatch_metric_alarm.alarm["parked"].alarm_description, " They expire 345600 s after their arrival.")
    error_message = "The alarm on parked messages says: ${aws_cloudwatch_metric_alarm.alarm["parked"].alarm_description}"
  }
  assert {
    condition = alltrue([for name in ["endpoint-faults", "suspect"] : endswith(aws_cloudwatch_metric_alarm.alarm[name].alarm_description, " before messages expire.")]) && (
      endswith(aws_cloudwatch_metric_alarm.alarm["blocked"].alarm_description, " before it expires.")
    )
    error_message = "An alarm speaks of receives: ${jsonencode([for alarm in aws_cloudwatch_metric_alarm.alarm : alarm.alarm_description])}"
  }
}

run "dashboard" {
  assert {
    condition     = length(regexall("orders-dlq|DeadLettered|dead|ReceivesLeft", aws_cloudwatch_dashboard.dashboard.dashboard_body)) == 0
    error_message = "The dashboard shows dead letters or receives: ${aws_cloudwatch_dashboard.dashboard.dashboard_body}"
  }
  assert {
    condition     = [for metric in jsondecode(aws_cloudwatch_dashboard.dashboard.dashboard_body).widgets[7].properties.metrics : metric[1]] == ["Parked", "Suspect", "Blocked"]
    error_message = "The dashboard shows other metrics: ${aws_cloudwatch_dashboard.dashboard.dashboard_body}"
  }
  assert {
    condition     = length(jsondecode(aws_cloudwatch_dashboard.dashboard.dashboard_body).widgets) == 11
    error_message = "The dashboard has ${length(jsondecode(aws_cloudwatch_dashboard.dashboard.dashboard_body).widgets)} widgets."
  }
}

run "a_standard_queue" {
  state_key = "standard"

  variables {
    fifo = false
  }

  assert {
    condition     = keys(aws_cloudwatch_metric_alarm.alarm) == ["duration", "endpoint-faults", "errors", "oldest-age", "parked", "suspect", "throttles"]
    error_message = "The alarms are ${join(", ", keys(aws_cloudwatch_metric_alarm.alarm))}."
  }
  assert {
    condition     = length(regexall("Blocked", aws_cloudwatch_dashboard.dashboard.dashboard_body)) == 0
    error_message = "The dashboard shows blocked groups."
  }
}

# Dead letters need not outlast the messages where there are none.
run "the_longest_retention_of_a_standard_queue" {
  command = plan

  variables {
    fifo  = false
    queue = { dead_letters = false, retention = 1209600 }
  }
}

run "a_wait_as_long_as_the_retention_is_refused" {
  command = plan

  variables {
    queue = { dead_letters = false, retention = 157 + 7200 }
  }

  expect_failures = [aws_sqs_queue.queue]
}

run "messages_that_expire_before_the_alarm_are_told" {
  command = plan

  variables {
    queue = { dead_letters = false, retention = 157 + 7200 + 1 }
  }

  expect_failures = [check.blocked]
}

run "messages_that_expire_with_their_eleventh_receive_are_told" {
  command = plan

  variables {
    queue = { dead_letters = false, retention = 10 * (157 + 7200) }
  }

  expect_failures = [check.blocked]
}

run "messages_that_expire_after_their_eleventh_receive_are_not" {
  command = plan

  variables {
    queue = { dead_letters = false, retention = 10 * (157 + 7200) + 1 }
  }
}

run "a_standard_queue_blocks_no_group" {
  command = plan

  variables {
    fifo  = false
    queue = { dead_letters = false, retention = 60 + 7200 + 1 }
  }
}

run "a_retry_after_as_long_as_the_retention_is_refused" {
  command = plan

  variables {
    fifo    = false
    backoff = { cap = "1h", retry_after_max = "7200001ms" }
    queue   = { dead_letters = false, retention = 60 + 7200 + 1 }
  }

  expect_failures = [aws_sqs_queue.queue]
}

run "a_long_window_counts_for_the_wait" {
  command = plan

  variables {
    fifo  = false
    batch = { window = 300 }
    queue = { dead_letters = false, retention = 60 + 300 + 7200 }
  }

  expect_failures = [aws_sqs_queue.queue]
}

run "without_a_back_off_the_visibility_timeout_counts" {
  command = plan

  variables {
    backoff = { base = "0s" }
    queue   = { dead_letters = false, retention = 10 * (157 + 942) + 1 }
  }

  assert {
    condition     = output.timeouts.outage_survived == 9 * (157 + 942) + 1
    error_message = "The chain is ${jsonencode(output.timeouts)}."
  }
}

run "without_a_back_off_a_quarter_of_an_hour_counts" {
  command = plan

  variables {
    fifo    = false
    backoff = { base = "0s" }
    queue   = { dead_letters = false, retention = 60 + 900 }
  }

  expect_failures = [aws_sqs_queue.queue]
}

# Names, values and the quotes, colons and commas of JSON: all but the note have some 670 bytes here.
run "variables_of_4096_bytes" {
  command = plan

  variables {
    function = { environment = { NOTE = format("%3420s", "x") } }
  }
}

run "variables_over_4096_bytes" {
  command = plan

  variables {
    function = { environment = { NOTE = format("%3424s", "x") } }
  }

  expect_failures = [aws_lambda_function.function]
}
