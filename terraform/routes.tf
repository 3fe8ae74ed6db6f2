# Routes and credentials as the function takes them, and what follows from them.

locals {
  # null is the same as left out, for a conditional to decide.
  routes = [for route in var.routes : { for member, value in route : member => value if value != null }]
  auth   = { for name, entry in var.auth : name => { for member, value in entry : member => value if value != null } }

  secrets = flatten([
    [for entry in values(local.auth) : [
      for member, value in entry : value if contains(["token", "value", "password", "secret", "previous", "clientSecret"], member)
    ]],
    var.queue.redrive_key[*],
  ])
  # By the service that keeps them.
  secret_arns = { for service in ["secretsmanager", "ssm"] : service => sort(distinct([
    for secret in local.secrets : split("#", trimprefix(secret, "${service}:"))[0] if startswith(secret, "${service}:")
  ])) }

  # What Lambda measures against its 4 KB: all variables as one JSON object, in bytes (base64 has four characters for three).
  # A plan may not know the URL of the dead-letter queue yet: one of the longest stands for it.
  environment_size = nonsensitive(floor(length(base64encode(jsonencode(merge(var.function.environment, local.settings, !var.queue.dead_letters ? {} : {
    FORWARD_DLQ_URL = "https://sqs.cn-northwest-1.amazonaws.com.cn/111111111111/${var.name}-dlq${local.suffix}"
  })))) * 3 / 4))
}
