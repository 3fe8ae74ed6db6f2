# What is watched, and from when on it is too much.

mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  name          = "orders"
  package       = { file = "tests/fixtures/package.zip" }
  endpoint      = { url = "https://api.example.com/orders" }
  alarm_actions = ["arn:aws:sns:eu-west-1:111111111111:alarms"]
}

run "each" {
  assert {
    condition = { for name, alarm in aws_cloudwatch_metric_alarm.alarm : name => [alarm.namespace, alarm.metric_name, alarm.statistic, alarm.threshold] } == {
      dead-letters    = ["AWS/SQS", "ApproximateNumberOfMessagesVisible", "Maximum", 0]
      oldest-age      = ["AWS/SQS", "ApproximateAgeOfOldestMessage", "Maximum", 720]
      errors          = ["AWS/Lambda", "Errors", "Sum", 0]
      throttles       = ["AWS/Lambda", "Throttles", "Sum", 0]
      duration        = ["AWS/Lambda", "Duration", "Maximum", 52650]
      endpoint-faults = ["SqsAotLambda", "EndpointFault", "Sum", 0]
      parked          = ["SqsAotLambda", "Parked", "Sum", 0]
      suspect         = ["SqsAotLambda", "Suspect", "Sum", 0]
    }
    error_message = "The alarms are ${jsonencode({ for name, alarm in aws_cloudwatch_metric_alarm.alarm : name => [alarm.namespace, alarm.metric_name, alarm.statistic, alarm.threshold] })}."
  }
  assert {
    condition = { for name, alarm in aws_cloudwatch_metric_alarm.alarm : name => alarm.dimensions } == {
      dead-letters    = tomap({ QueueName = "orders-dlq" })
      oldest-age      = tomap({ QueueName = "orders" })
      errors          = tomap({ FunctionName = "orders" })
      throttles       = tomap({ FunctionName = "orders" })
      duration        = tomap({ FunctionName = "orders" })
      endpoint-faults = tomap({ Function = "orders", Queue = "orders" })
      parked          = tomap({ Function = "orders", Queue = "orders" })
      suspect         = tomap({ Function = "orders", Queue = "orders" })
    }
    error_message = "The alarms watch ${jsonencode({ for name, alarm in aws_cloudwatch_metric_alarm.alarm : name => alarm.dimensions })}."
  }
  assert {
    condition = { for name, alarm in aws_cloudwatch_metric_alarm.alarm : name => "${alarm.datapoints_to_alarm} of ${alarm.evaluation_periods}" } == {
      dead-letters    = "1 of 1"
      oldest-age      = "5 of 5"
      errors          = "1 of 1"
      throttles       = "3 of 5"
      duration        = "3 of 5"
      endpoint-faults = "1 of 20"
      parked          = "3 of 60"
      suspect         = "1 of 20"
    }
    error_message = "The alarms wait for other times."
  }
  assert {
    condition = alltrue([for name, alarm in aws_cloudwatch_metric_alarm.alarm :
      alarm.alarm_name == "orders-${name}" && alarm.comparison_operator == "GreaterThanThreshold" && alarm.period == 60 && alarm.treat_missing_data == "notBreaching"
    ])
    error_message = "An alarm has another name, comparison, period or treatment of missing data."
  }
  assert {
    condition     = alltrue([for alarm in aws_cloudwatch_metric_alarm.alarm : alarm.alarm_actions == toset(["arn:aws:sns:eu-west-1:111111111111:alarms"]) && alarm.ok_actions == toset(["arn:aws:sns:eu-west-1:111111111111:alarms"])])
    error_message = "An alarm tells nobody, or not of its end."
  }
}

run "thresholds_follow_the_timeouts" {
  command = plan

  variables {
    function = { timeout = 200 }
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.alarm["oldest-age"].threshold == 2400 && aws_cloudwatch_metric_alarm.alarm["duration"].threshold == 178650
    error_message = "The thresholds are ${aws_cloudwatch_metric_alarm.alarm["oldest-age"].threshold} s and ${aws_cloudwatch_metric_alarm.alarm["duration"].threshold} ms."
  }
}

run "few_receives_hear_of_parked_messages_sooner" {
  command = plan

  variables {
    queue = { max_receive_count = 5 }
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.alarm["parked"].datapoints_to_alarm == 2 && strcontains(aws_cloudwatch_metric_alarm.alarm["parked"].alarm_description, " 450 s;")
    error_message = "The alarm waits for ${aws_cloudwatch_metric_alarm.alarm["parked"].datapoints_to_alarm} minutes: ${aws_cloudwatch_metric_alarm.alarm["parked"].alarm_description}"
  }
}

run "a_single_receive_hears_of_parked_messages_at_once" {
  command = plan

  variables {
    queue = { max_receive_count = 1 }
  }

  expect_failures = [check.receives]

  assert {
    condition     = aws_cloudwatch_metric_alarm.alarm["parked"].datapoints_to_alarm == 1
    error_message = "The alarm waits for ${aws_cloudwatch_metric_alarm.alarm["parked"].datapoints_to_alarm} minutes."
  }
}

run "dashboard" {
  assert {
    condition     = aws_cloudwatch_dashboard.dashboard.dashboard_name == "orders" && length(jsondecode(aws_cloudwatch_dashboard.dashboard.dashboard_body).widgets) == 12
    error_message = "The dashboard is ${aws_cloudwatch_dashboard.dashboard.dashboard_body}."
  }
  assert {
    condition     = alltrue([for widget in jsondecode(aws_cloudwatch_dashboard.dashboard.dashboard_body).widgets : widget.properties.region == "eu-west-1"])
    error_message = "A widget has no region."
  }
  assert {
    condition = { for widget in jsondecode(aws_cloudwatch_dashboard.dashboard.dashboard_body).widgets : widget.properties.title => widget.properties.annotations.horizontal[*].value if widget.type == "metric" } == {
      "Queue: messages"                                            = []
      "Queue: age of the oldest message, s"                        = [720]
      "Mapping: messages"                                          = []
      "Function: invocations, errors, throttles"                   = []
      "Function: duration, ms"                                     = [52650]
      "Function: invocations at once"                              = [10]
      "Delivery: outcomes"                                         = []
      "Delivery: parked, suspect, copied to the dead-letter queue" = []
      "Delivery: sent once more, paced"                            = []
      "Delivery: fewest receives left"                             = []
      "Delivery: latency of a request, ms"                         = [15000]
    }
    error_message = "The dashboard's limits are not those of the alarms."
  }
  assert {
    condition     = [for metric in jsondecode(aws_cloudwatch_dashboard.dashboard.dashboard_body).widgets[0].properties.metrics : metric[3]] == ["orders", "orders", "orders-dlq"]
    error_message = "The dashboard shows other queues."
  }
  assert {
    condition = [for widget in slice(jsondecode(aws_cloudwatch_dashboard.dashboard.dashboard_body).widgets, 6, 11) : [for metric in widget.properties.metrics : "${metric[1]} ${metric[6].stat}"]] == [
      ["Delivered Sum", "Dropped Sum", "Throttled Sum", "Unavailable Sum", "EndpointFault Sum", "Rejected Sum", "NotAttempted Sum"],
      ["Parked Sum", "Suspect Sum", "DeadLettered Sum"],
      ["Resent Sum", "Paced Sum"],
      ["ReceivesLeft Minimum"],
      ["Latency p50", "Latency p99", "Latency Maximum"],
    ]
    error_message = "The dashboard shows other metrics of the function."
  }
  assert {
    condition     = alltrue(flatten([for widget in slice(jsondecode(aws_cloudwatch_dashboard.dashboard.dashboard_body).widgets, 6, 11) : [for metric in widget.properties.metrics : metric[0] == "SqsAotLambda" && slice(metric, 2, 6) == ["Function", "orders", "Queue", "orders"]]]))
    error_message = "The dashboard shows metrics of another function or queue."
  }
  assert {
    condition     = length(toset([for widget in jsondecode(aws_cloudwatch_dashboard.dashboard.dashboard_body).widgets : "${widget.x} ${widget.y}"])) == 12
    error_message = "A widget covers another."
  }
}
