# Values as AWS gives them, because ARNs that flow on are checked by the real provider; one block for each address, because two queues
# with one ARN would hide a crossed wire.

override_resource {
  target = aws_sqs_queue.queue
  values = {
    arn    = "arn:aws:sqs:eu-west-1:111111111111:orders"
    url    = "https://sqs.eu-west-1.amazonaws.com/111111111111/orders"
    region = "eu-west-1"
  }
}

override_resource {
  target = aws_sqs_queue.dead_letters
  values = {
    arn    = "arn:aws:sqs:eu-west-1:111111111111:orders-dlq"
    url    = "https://sqs.eu-west-1.amazonaws.com/111111111111/orders-dlq"
    region = "eu-west-1"
  }
}

override_resource {
  target = aws_lambda_function.function
  values = {
    arn     = "arn:aws:lambda:eu-west-1:111111111111:function:orders"
    version = "7"
  }
}

override_resource {
  target = aws_lambda_alias.live
  values = { arn = "arn:aws:lambda:eu-west-1:111111111111:function:orders:live" }
}

override_resource {
  target = aws_iam_role.function
  values = { arn = "arn:aws:iam::111111111111:role/orders" }
}

override_resource {
  target = aws_cloudwatch_log_group.function
  values = { arn = "arn:aws:logs:eu-west-1:111111111111:log-group:/aws/lambda/orders" }
}

override_resource {
  target = aws_lambda_event_source_mapping.queue
  values = { uuid = "11111111-2222-3333-4444-555555555555" }
}
