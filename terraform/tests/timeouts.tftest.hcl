# The chain that is derived from batch, endpoint and queue, and its limits.

mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  name     = "orders"
  package  = { file = "tests/fixtures/package.zip" }
  endpoint = { url = "https://api.example.com/orders" }
}

run "defaults" {
  command = plan

  assert {
    condition = output.timeouts == {
      request               = 15
      margin                = 1.5
      batch_worst_case      = 16.5
      function              = 60
      visibility            = 360
      outage_survived       = 14850
      receives_last         = 65340
      retention             = 345600
      dead_letter_retention = 1209600
    }
    error_message = "The chain is ${jsonencode(output.timeouts)}."
  }
}

run "a_batch_in_three_waves" {
  command = plan

  variables {
    endpoint = { url = "https://api.example.com", timeout = "30s", concurrency = 4 }
  }

  assert {
    condition     = output.timeouts.batch_worst_case == 91.5 && output.timeouts.function == 97 && output.timeouts.visibility == 582
    error_message = "The chain is ${jsonencode(output.timeouts)}."
  }
  assert {
    condition     = aws_lambda_function.function.timeout == 97 && aws_sqs_queue.queue.visibility_timeout_seconds == 582
    error_message = "The resources have other timeouts than the output."
  }
}

run "a_window" {
  command = plan

  variables {
    batch = { size = 50, window = 20 }
  }

  assert {
    condition     = output.timeouts.batch_worst_case == 76.5 && output.timeouts.function == 82 && output.timeouts.visibility == 6 * 82 + 20
    error_message = "The chain is ${jsonencode(output.timeouts)}."
  }
  assert {
    condition     = aws_lambda_event_source_mapping.queue.batch_size == 50 && aws_lambda_event_source_mapping.queue.maximum_batching_window_in_seconds == 20
    error_message = "The mapping has another batch or window."
  }
}

run "a_given_function_timeout" {
  command = plan

  variables {
    function = { timeout = 200 }
  }

  assert {
    condition     = output.timeouts.function == 200 && output.timeouts.visibility == 1200
    error_message = "The chain is ${jsonencode(output.timeouts)}."
  }
}

run "every_unit" {
  command = plan

  variables {
    endpoint = { url = "https://api.example.com", timeout = "2m", connect_timeout = "500ms", deadline_margin = "2s" }
  }

  assert {
    condition     = output.timeouts.request == 120 && output.timeouts.margin == 2 && output.timeouts.function == 127
    error_message = "The chain is ${jsonencode(output.timeouts)}."
  }
  assert {
    condition     = one(aws_lambda_function.function.environment).variables.FORWARD_TIMEOUT == "2m" && one(aws_lambda_function.function.environment).variables.FORWARD_CONNECT_TIMEOUT == "500ms" && one(aws_lambda_function.function.environment).variables.FORWARD_DEADLINE_MARGIN == "2s"
    error_message = "The function gets other durations than the module reckons with."
  }
}

# Under a rate limit the last request begins late, and may take as long as any.

run "a_rate_limit_in_one_wave" {
  command = plan

  variables {
    endpoint = { url = "https://api.example.com", timeout = "10s", rate_limit = 1 }
  }

  assert {
    # The tenth message has its turn after 9 s.
    condition     = output.timeouts.batch_worst_case == 9 + 10 + 1.5
    error_message = "The chain is ${jsonencode(output.timeouts)}."
  }
}

run "a_rate_limit_faster_than_the_waves" {
  command = plan

  variables {
    endpoint = { url = "https://api.example.com", rate_limit = 1 }
    batch    = { size = 20, window = 1 }
  }

  assert {
    # The second wave waits for the first.
    condition     = output.timeouts.batch_worst_case == 15 + 9 + 15 + 1.5 && output.timeouts.function == 46 + 14
    error_message = "The chain is ${jsonencode(output.timeouts)}."
  }
}

run "a_rate_limit_slower_than_the_waves" {
  command = plan

  variables {
    endpoint = { url = "https://api.example.com", timeout = "2s", rate_limit = 3 }
    batch    = { size = 1001, window = 1 }
  }

  assert {
    # 1000 / 3 = 333.33…; 101 waves of 2 s would be over long before.
    condition     = output.timeouts.batch_worst_case == 336.834 && output.timeouts.function == 342
    error_message = "The chain is ${jsonencode(output.timeouts)}."
  }
}

run "a_last_wave_that_is_not_full" {
  command = plan

  variables {
    endpoint = { url = "https://api.example.com", timeout = "2s", rate_limit = 4, concurrency = 4 }
    batch    = { size = 11, window = 1 }
  }

  assert {
    # Two waves of 2 s; then two of the last three messages wait for a turn of 0.25 s each.
    condition     = output.timeouts.batch_worst_case == 4 + 0.5 + 2 + 1.5
    error_message = "The chain is ${jsonencode(output.timeouts)}."
  }
}

run "a_rate_limit_on_a_fifo_queue" {
  command = plan

  variables {
    fifo     = true
    endpoint = { url = "https://api.example.com", timeout = "500ms", rate_limit = 1 }
  }

  assert {
    condition     = output.timeouts.batch_worst_case == 9 + 0.5 + 1.5
    error_message = "The chain is ${jsonencode(output.timeouts)}."
  }
}

run "a_rate_limit_faster_than_a_fifo_queue" {
  command = plan

  variables {
    fifo     = true
    endpoint = { url = "https://api.example.com", timeout = "5s", rate_limit = 1 }
  }

  assert {
    condition     = output.timeouts.batch_worst_case == 51.5
    error_message = "The chain is ${jsonencode(output.timeouts)}."
  }
}

# Tenths and thirds of seconds are no binary numbers.
run "milliseconds_add_up" {
  command = plan

  variables {
    endpoint = { url = "https://api.example.com", timeout = "1104ms", rate_limit = 3, deadline_margin = "701ms", concurrency = 3 }
  }

  assert {
    # Three waves of 1104 ms, and the tenth message is the first of the last.
    condition     = output.timeouts.batch_worst_case == 5.117
    error_message = "The chain is ${jsonencode(output.timeouts)}."
  }
}

# The longest chain there can be is far below SQS's twelve hours, so no precondition has to say so.
run "the_longest_chain" {
  command = plan

  variables {
    endpoint = { url = "https://api.example.com", timeout = "800s" }
    batch    = { size = 10000, window = 300 }
  }

  expect_failures = [check.batch_fits]

  assert {
    condition     = output.timeouts.function == 900 && output.timeouts.visibility == 5700 && output.timeouts.visibility <= 43200
    error_message = "The chain is ${jsonencode(output.timeouts)}."
  }
}

run "a_batch_longer_than_the_function_is_told" {
  command = plan

  variables {
    function = { timeout = 16 }
    endpoint = { url = "https://api.example.com", timeout = "10s", concurrency = 5 }
  }

  expect_failures = [check.batch_fits]
}

run "a_rate_limit_too_slow_for_the_function_is_told" {
  command = plan

  variables {
    function = { timeout = 20 }
    endpoint = { url = "https://api.example.com", timeout = "10s", rate_limit = 1 }
  }

  expect_failures = [check.batch_fits]
}

run "a_batch_as_long_as_the_function_is_not" {
  command = plan

  variables {
    function = { timeout = 22 }
    endpoint = { url = "https://api.example.com", timeout = "10s", deadline_margin = "2s", concurrency = 5 }
  }
}

run "few_receives_are_told" {
  command = plan

  variables {
    queue = { max_receive_count = 4 }
  }

  expect_failures = [check.receives]
}

run "five_receives_are_not" {
  command = plan

  variables {
    queue = { max_receive_count = 5 }
  }
}

run "a_function_no_longer_than_a_request_is_refused" {
  command = plan

  variables {
    function = { timeout = 17 }
    endpoint = { url = "https://api.example.com", timeout = "15s", deadline_margin = "2s" }
    batch    = { size = 1 }
  }

  # As long as the request and the margin together, so that check.batch_fits is content.
  expect_failures = [aws_lambda_function.function]
}

run "a_request_as_long_as_lambda_allows_is_refused" {
  command = plan

  variables {
    endpoint = { url = "https://api.example.com", timeout = "15m" }
  }

  expect_failures = [aws_lambda_function.function, check.batch_fits]
}

run "receives_that_outlast_the_retention_are_refused" {
  command = plan

  variables {
    queue = { retention = 65340 }
  }

  expect_failures = [aws_sqs_queue.queue]
}

run "receives_just_within_the_retention_are_told" {
  command = plan

  variables {
    queue = { retention = 65341 }
  }

  expect_failures = [check.retention]
}

run "receives_nearly_half_the_retention_are_told" {
  command = plan

  variables {
    queue = { retention = 2 * 65340 - 1 }
  }

  expect_failures = [check.retention]
}

run "receives_half_the_retention_are_not" {
  command = plan

  variables {
    queue = { retention = 2 * 65340 }
  }
}

# An endpoint fault waits for a minute at first, though the back-off begins with 30 s.
run "receives_that_outlast_the_retention_by_endpoint_faults_are_refused" {
  command = plan

  variables {
    queue   = { retention = 22000 }
    backoff = { retry_after_max = "0s" }
  }

  expect_failures = [aws_sqs_queue.queue]

  assert {
    # 72, 144, 288 and 576 s are below a quarter of an hour.
    condition     = output.timeouts.receives_last == 9 * 60 + 4 * 900 + 1152 + 2304 + 4608 + 7200 + 7200
    error_message = "The chain is ${jsonencode(output.timeouts)}."
  }
}

# Each term of the sum in turn, as the largest: from one receive to the next.

run "the_visibility_timeout_between_receives" {
  command = plan

  variables {
    function = { timeout = 200 }
    backoff  = { cap = "1m", retry_after_max = "1m" }
  }

  assert {
    condition     = output.timeouts.receives_last == 9 * (200 + 1200)
    error_message = "The chain is ${jsonencode(output.timeouts)}."
  }
}

run "a_quarter_of_an_hour_between_receives" {
  command = plan

  variables {
    backoff = { cap = "1m", retry_after_max = "1m" }
  }

  assert {
    condition     = output.timeouts.receives_last == 9 * (60 + 900)
    error_message = "The chain is ${jsonencode(output.timeouts)}."
  }
}

run "a_window_before_each_receive" {
  command = plan

  variables {
    batch   = { window = 300 }
    backoff = { cap = "1m", retry_after_max = "1m" }
  }

  assert {
    condition     = output.timeouts.receives_last == 300 + 9 * (60 + 300 + 900)
    error_message = "The chain is ${jsonencode(output.timeouts)}."
  }
}

run "the_back_off_between_receives" {
  command = plan

  variables {
    backoff = { base = "10m", cap = "1h", retry_after_max = "1m" }
    queue   = { max_receive_count = 6 }
  }

  assert {
    # 10, 20 and 40 minutes, a fifth more each, and twice the cap, which is the longest; the first is below a quarter of an hour.
    condition     = output.timeouts.receives_last == 5 * 60 + 900 + 1440 + 2880 + 3600 + 3600
    error_message = "The chain is ${jsonencode(output.timeouts)}."
  }
}

run "the_back_off_in_whole_seconds_between_receives" {
  command = plan

  variables {
    backoff = { base = "1000001ms", cap = "2000001ms", retry_after_max = "1800001ms" }
    queue   = { max_receive_count = 5 }
  }

  assert {
    # 1200.0012 s and the cap, 2000.001 s, rounded up as SQS takes them; the first is below a Retry-After of 1800.001 s.
    condition     = output.timeouts.receives_last == 4 * 60 + 1801 + 3 * 2001
    error_message = "The chain is ${jsonencode(output.timeouts)}."
  }
}

run "retry_after_between_receives" {
  command = plan

  variables {
    backoff = { cap = "1m", retry_after_max = "1h" }
  }

  assert {
    condition     = output.timeouts.receives_last == 9 * (60 + 3600)
    error_message = "The chain is ${jsonencode(output.timeouts)}."
  }
}

run "no_back_off_between_receives" {
  command = plan

  variables {
    backoff = { base = "0s" }
  }

  assert {
    condition     = output.timeouts.receives_last == 9 * (60 + 900) && output.timeouts.outage_survived == 9 * 360
    error_message = "The chain is ${jsonencode(output.timeouts)}."
  }
}

run "a_single_receive_lasts_no_time" {
  command = plan

  variables {
    queue = { max_receive_count = 1, retention = 60 }
  }

  expect_failures = [check.receives]

  assert {
    condition     = output.timeouts.receives_last == 0 && output.timeouts.outage_survived == 0
    error_message = "The chain is ${jsonencode(output.timeouts)}."
  }
}

run "a_thousand_receives_are_within_reach" {
  command = plan

  variables {
    queue   = { max_receive_count = 1000, retention = 1209599 }
    backoff = { cap = "10m", retry_after_max = "10m" }
  }

  expect_failures = [check.retention]

  assert {
    condition     = output.timeouts.receives_last == 999 * (60 + 900)
    error_message = "The chain is ${jsonencode(output.timeouts)}."
  }
}

run "dead_letters_that_do_not_outlast_the_messages_are_refused" {
  command = plan

  variables {
    queue = { retention = 345600, dead_letter_retention = 345600 }
  }

  expect_failures = [aws_sqs_queue.dead_letters]
}
