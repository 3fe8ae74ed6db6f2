locals {
  delivery_dimensions = ["Function", local.of_delivery.Function, "Queue", local.of_delivery.Queue]

  # Title, metrics (namespace, metric, dimensions with their values, options) and, where there is one, the threshold or limit.
  every_chart = [
    {
      title = "Queue: messages"
      metrics = concat(
        [
          ["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", aws_sqs_queue.queue.name, { label = "waiting", stat = "Maximum" }],
          ["AWS/SQS", "ApproximateNumberOfMessagesNotVisible", "QueueName", aws_sqs_queue.queue.name, { label = "in flight", stat = "Maximum" }],
        ],
        [for queue in aws_sqs_queue.dead_letters :
          ["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", queue.name, { label = "dead letters", stat = "Maximum" }]
        ],
      )
      threshold = null
    },
    {
      title     = "Queue: age of the oldest message, s"
      metrics   = [["AWS/SQS", "ApproximateAgeOfOldestMessage", "QueueName", aws_sqs_queue.queue.name, { label = "age", stat = "Maximum" }]]
      threshold = local.alarms.oldest-age.threshold
    },
    {
      title = "Mapping: messages"
      metrics = [for metric in ["PolledEventCount", "InvokedEventCount", "FilteredOutEventCount", "FailedInvokeEventCount", "DeletedEventCount"] :
        ["AWS/Lambda", metric, "EventSourceMappingUUID", aws_lambda_event_source_mapping.queue.uuid, { stat = "Sum" }]
      ]
      threshold = null
    },
    {
      title = "Function: invocations, errors, throttles"
      metrics = [for metric in ["Invocations", "Errors", "Throttles"] :
        ["AWS/Lambda", metric, "FunctionName", aws_lambda_function.function.function_name, { stat = "Sum" }]
      ]
      threshold = null
    },
    {
      title = "Function: duration, ms"
      metrics = [for stat in ["p50", "p99", "Maximum"] :
        ["AWS/Lambda", "Duration", "FunctionName", aws_lambda_function.function.function_name, { label = stat, stat = stat }]
      ]
      threshold = local.alarms.duration.threshold
    },
    {
      title     = "Function: invocations at once"
      metrics   = [["AWS/Lambda", "ConcurrentExecutions", "FunctionName", aws_lambda_function.function.function_name, { label = "at once", stat = "Maximum" }]]
      threshold = local.invocations_at_once
    },
    {
      title = "Delivery: outcomes"
      metrics = [for metric in ["Delivered", "Dropped", "Throttled", "Unavailable", "EndpointFault", "Rejected", "NotAttempted"] :
        concat(["SqsAotLambda", metric], local.delivery_dimensions, [{ stat = "Sum" }])
      ]
      threshold = null
    },
    {
      title = "Delivery: parked, suspect${var.fifo ? ", blocked groups" : ""}${var.queue.dead_letters ? ", copied to the dead-letter queue" : ""}"
      metrics = [for metric in concat(["Parked", "Suspect"], var.fifo ? ["Blocked"] : [], var.queue.dead_letters ? ["DeadLettered"] : []) :
        concat(["SqsAotLambda", metric], local.delivery_dimensions, [{ stat = "Sum" }])
      ]
      threshold = null
    },
    {
      title = "Delivery: sent once more, paced"
      metrics = [for metric in ["Resent", "Paced"] :
        concat(["SqsAotLambda", metric], local.delivery_dimensions, [{ stat = "Sum" }])
      ]
      threshold = null
    },
    {
      title = "Delivery: fewest receives left"
      # Without dead letters no receive is the last.
      metrics   = var.queue.dead_letters ? [concat(["SqsAotLambda", "ReceivesLeft"], local.delivery_dimensions, [{ stat = "Minimum" }])] : []
      threshold = null
    },
    {
      title = "Delivery: latency of a request, ms"
      metrics = [for stat in ["p50", "p99", "Maximum"] :
        concat(["SqsAotLambda", "Latency"], local.delivery_dimensions, [{ label = stat, stat = stat }])
      ]
      threshold = 1000 * local.seconds.request
    },
  ]
  charts = [for chart in local.every_chart : chart if length(chart.metrics) > 0]
}

resource "aws_cloudwatch_dashboard" "dashboard" {
  dashboard_name = var.name

  dashboard_body = jsonencode({
    widgets = concat(
      [for index, chart in local.charts : {
        type   = "metric"
        x      = 12 * (index % 2)
        y      = 6 * floor(index / 2)
        width  = 12
        height = 6
        properties = {
          title       = chart.title
          region      = aws_sqs_queue.queue.region
          period      = 60
          metrics     = chart.metrics
          annotations = { horizontal = [for value in chart.threshold[*] : { label = "limit", value = value }] }
        }
      }],
      [{
        type   = "log"
        x      = 0
        y      = 6 * ceil(length(local.charts) / 2)
        width  = 24
        height = 6
        properties = {
          title  = "Failed messages, by outcome"
          region = aws_sqs_queue.queue.region
          query  = "SOURCE '${aws_cloudwatch_log_group.function.name}' | filter message = 'MessageFailed' | stats count(*) as messages by outcome, status, fault | sort messages desc"
          view   = "table"
        }
      }],
    )
  })
}
