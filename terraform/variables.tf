# Fields of objects stand one a line, their comments above them: README.md's tables are made from them.

variable "name" {
  description = "Name of the function, of the queue (FIFO: with the suffix .fifo) and of all that belongs to them; 1 to 64 characters, unique in the account, because the role carries it too."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,64}$", var.name))
    error_message = "name is \"${var.name}\": it takes 1 to 64 letters, digits, hyphens and underscores. 64 is Lambda's limit; SQS and its suffixes -dlq and .fifo fit behind it."
  }
}

variable "package" {
  description = "The function's zip with bootstrap at its root, for function.architecture: a local file or an object in S3, exactly one of them."
  nullable    = false
  type = object({
    # Path of a zip on the machine that runs Terraform, relative to its working directory.
    file = optional(string)
    # An object in the function's region: bucket, key and, for a bucket with versioning, version. Without version a new zip needs a new key to be noticed.
    s3 = optional(object({ bucket = string, key = string, version = optional(string) }))
  })

  validation {
    condition     = (var.package.file == null) != (var.package.s3 == null)
    error_message = "package takes either file or s3: exactly one of them."
  }
  validation {
    condition     = var.package.file == null ? true : fileexists(var.package.file)
    error_message = "package.file is \"${coalesce(var.package.file, "null")}\": there is no such file. Build the package first (make package), or correct the path."
  }
}

variable "endpoint" {
  description = "The HTTP endpoint, and how each request is made, a route's too where it says nothing else; the function's FORWARD_ settings. Durations are whole numbers with their unit (ms, s, m or h)."
  nullable    = false
  default     = {}
  type = object({
    # An absolute https URL without user name, password or fragment. Required unless there are routes; then it takes what no route takes, and with null that is Rejected.
    url = optional(string)
    # true allows plain http URLs: url, those of routes, and the tokenUrl of auth.
    allow_http = optional(bool, false)
    # POST, PUT or PATCH.
    method = optional(string, "POST")
    # For one request in all, connecting and one more try included; 1ms to 15m. With routes_file not shorter than the longest in the file: the timeout chain follows from it.
    timeout = optional(string, "15s")
    # For TCP and TLS together; 1ms to 15m.
    connect_timeout = optional(string, "3s")
    # true: a request that met a connection which the server had ended is sent once more, over a new one. false: no message is sent twice on a receive.
    resend = optional(bool, true)
    # Requests under way at once in one invocation; 1 to 1000.
    concurrency = optional(number, 10)
    # Requests under way at once in one invocation for the messages of one message group; 1 to 1000. null: no limit of their own. Not on a FIFO queue, where it is always one.
    group_concurrency = optional(number)
    # Requests a second of one execution environment, of which there are as many as invocations at once; 1 to 10000. null: no limit.
    rate_limit = optional(number)
    # true: an endpoint that throttles gets fewer requests a second for a while, and the batch waits for their turns. false: only rate_limit bounds them.
    pace = optional(bool, true)
    # How long before Lambda's deadline everything is done; 500ms to 1m.
    deadline_margin = optional(string, "1500ms")
    # The Content-Type of every request.
    content_type = optional(string, "application/json")
    # sqsd sends the X-Aws-Sqsd- headers, cloudevents makes each request a CloudEvent, sqsd,cloudevents does both, none neither.
    headers = optional(string, "sqsd")
    # The ce-type of every CloudEvent, unless its route says another; null: com.amazon.sqs.message.
    cloudevents_type = optional(string)
    # The name of the header with the idempotency key.
    idempotency_header = optional(string, "Idempotency-Key")
    # messageId, deduplicationId, attribute:NAME or body:/json/pointer; where it has nothing, the message id.
    idempotency_source = optional(string, "messageId")
    # The User-Agent of every request; null: SqsAotLambda and its version.
    user_agent = optional(string)
    # Bytes of the longest header of a request, name and value together as on the wire; 1000 to 64000.
    max_header = optional(number, 8000)
    # Statuses, and ranges of them, that mean delivered, such as 200-299,409. It is asked before retry_on, and that before reject_on.
    success_on = optional(string, "200-299")
    # Statuses that mean: not now, send it again later; null: those of the function's table.
    retry_on = optional(string)
    # Statuses that mean: never, straight to the dead-letter queue; null: those of the function's table.
    reject_on = optional(string)
    # true: an answer's header Forward-Disposition (delivered, drop, retry or dead-letter) goes before its status. false: it is not looked at.
    disposition = optional(bool, false)
  })

  validation {
    condition     = var.endpoint.url != null || try(length(var.routes), 1) > 0 || var.routes_file != null
    error_message = "There is neither endpoint.url nor a route: say where the messages go."
  }
  validation {
    condition     = var.endpoint.url == null ? true : can(regex("^https?://(\\[[0-9A-Fa-f:.]+\\]|[^/?#@:\\s\\[\\]{}]+)(:[0-9]{1,5})?([/?][^#\\s]*)?$", var.endpoint.url)) && try(tonumber(regex("^https?://[^/?]*:([0-9]+)([/?]|$)", var.endpoint.url)[0]), 0) <= 65535
    error_message = "endpoint.url must be an absolute URL, https://HOST/PATH or https://HOST:PORT/PATH, without user name, password or fragment."
  }
  validation {
    condition = var.endpoint.allow_http || !anytrue(concat(
      [try(startswith(var.endpoint.url, "http://"), false)],
      try([for route in var.routes : try(startswith(route.url, "http://"), false)], []),
      [for entry in values(var.auth) : try(startswith(entry.tokenUrl, "http://"), false)],
    ))
    error_message = "Plain http would cross the network unencrypted: ${join(", ", concat(
      try(startswith(var.endpoint.url, "http://"), false) ? ["endpoint.url"] : [],
      try([for route in var.routes : "route ${route.name}" if try(startswith(route.url, "http://"), false)], []),
      [for name, entry in var.auth : "auth ${name}" if try(startswith(entry.tokenUrl, "http://"), false)],
    ))}. Use https, or set endpoint.allow_http = true."
  }
  validation {
    condition     = contains(["POST", "PUT", "PATCH"], var.endpoint.method)
    error_message = "endpoint.method is \"${var.endpoint.method}\": it takes POST, PUT or PATCH."
  }
  validation {
    condition = try([
      for part in [regex("^([0-9]{1,8})(ms|s|m|h)$", var.endpoint.timeout)] :
      tonumber(part[0]) * { ms = 1, s = 1000, m = 60000, h = 3600000 }[part[1]] >= 1 && tonumber(part[0]) * { ms = 1, s = 1000, m = 60000, h = 3600000 }[part[1]] <= 900000
    ][0], false)
    error_message = "endpoint.timeout is \"${var.endpoint.timeout}\": it takes a whole number with its unit (ms, s, m or h) from 1ms to 15m."
  }
  validation {
    condition = try([
      for part in [regex("^([0-9]{1,8})(ms|s|m|h)$", var.endpoint.connect_timeout)] :
      tonumber(part[0]) * { ms = 1, s = 1000, m = 60000, h = 3600000 }[part[1]] >= 1 && tonumber(part[0]) * { ms = 1, s = 1000, m = 60000, h = 3600000 }[part[1]] <= 900000
    ][0], false)
    error_message = "endpoint.connect_timeout is \"${var.endpoint.connect_timeout}\": it takes a whole number with its unit (ms, s, m or h) from 1ms to 15m."
  }
  validation {
    condition     = var.endpoint.concurrency >= 1 && var.endpoint.concurrency <= 1000 && floor(var.endpoint.concurrency) == var.endpoint.concurrency
    error_message = "endpoint.concurrency is ${var.endpoint.concurrency}: it takes a whole number from 1 to 1000."
  }
  validation {
    condition     = var.endpoint.group_concurrency == null ? true : var.endpoint.group_concurrency >= 1 && var.endpoint.group_concurrency <= 1000 && floor(var.endpoint.group_concurrency) == var.endpoint.group_concurrency
    error_message = "endpoint.group_concurrency is ${coalesce(var.endpoint.group_concurrency, 0)}: it takes a whole number from 1 to 1000, or null for no limit."
  }
  validation {
    condition     = !var.fifo || var.endpoint.group_concurrency == null
    error_message = "endpoint.group_concurrency is for standard queues, and a FIFO queue sends the messages of a group one at a time anyway: leave it out."
  }
  validation {
    condition     = var.endpoint.rate_limit == null ? true : var.endpoint.rate_limit >= 1 && var.endpoint.rate_limit <= 10000 && floor(var.endpoint.rate_limit) == var.endpoint.rate_limit
    error_message = "endpoint.rate_limit is ${coalesce(var.endpoint.rate_limit, 0)}: it takes a whole number of requests a second from 1 to 10000, or null for no limit."
  }
  validation {
    condition = try([
      for part in [regex("^([0-9]{1,8})(ms|s|m|h)$", var.endpoint.deadline_margin)] :
      tonumber(part[0]) * { ms = 1, s = 1000, m = 60000, h = 3600000 }[part[1]] >= 500 && tonumber(part[0]) * { ms = 1, s = 1000, m = 60000, h = 3600000 }[part[1]] <= 60000
    ][0], false)
    error_message = "endpoint.deadline_margin is \"${var.endpoint.deadline_margin}\": it takes a whole number with its unit (ms, s, m or h) from 500ms to 1m."
  }
  validation {
    condition     = can(regex("^[!#$%&'*+.^_`|~0-9A-Za-z-]+/[!#$%&'*+.^_`|~0-9A-Za-z-]+( *; *[!#$%&'*+.^_`|~0-9A-Za-z-]+=([!#$%&'*+.^_`|~0-9A-Za-z-]+|\"[ !#-~]*\"))*$", var.endpoint.content_type))
    error_message = "endpoint.content_type is \"${var.endpoint.content_type}\": it takes a media type such as application/json."
  }
  validation {
    condition     = contains(["sqsd", "cloudevents", "sqsd,cloudevents", "none"], var.endpoint.headers)
    error_message = "endpoint.headers is \"${var.endpoint.headers}\": it takes sqsd, cloudevents, sqsd,cloudevents or none."
  }
  validation {
    condition     = var.endpoint.cloudevents_type == null ? true : can(regex("^[!#$&-~]+$", var.endpoint.cloudevents_type))
    error_message = "endpoint.cloudevents_type is \"${coalesce(var.endpoint.cloudevents_type, "empty")}\": it takes printable ASCII without spaces, \" and %, such as com.example.order, or null."
  }
  validation {
    condition = can(regex("^[!#$%&'*+.^_`|~0-9A-Za-z-]+$", var.endpoint.idempotency_header)) && !contains([
      "connection", "content-length", "content-type", "expect", "host", "keep-alive", "proxy-authenticate", "proxy-authorization",
      "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade", "user-agent", "traceparent", "tracestate", "x-amzn-trace-id",
      "allow", "content-disposition", "content-encoding", "content-language", "content-location", "content-md5", "content-range", "expires",
      "last-modified",
    ], lower(var.endpoint.idempotency_header)) && !can(regex("^(x-aws-sqsd|ce)-", lower(var.endpoint.idempotency_header)))
    error_message = "endpoint.idempotency_header is \"${var.endpoint.idempotency_header}\": it takes a header name that no other part of the request uses."
  }
  validation {
    condition     = can(regex("^(messageId|deduplicationId|attribute:.+|body:(/([^/~]|~[01])*(~json)?)*(/([^/~]|~[01])*~form)?)$", var.endpoint.idempotency_source))
    error_message = "endpoint.idempotency_source is \"${var.endpoint.idempotency_source}\": it takes messageId, deduplicationId, attribute:NAME or body:/json/pointer."
  }
  validation {
    condition     = var.endpoint.user_agent == null ? true : can(regex("^[ -~]+$", var.endpoint.user_agent))
    error_message = "endpoint.user_agent takes one or more printable ASCII characters, or null."
  }
  validation {
    condition     = var.endpoint.max_header >= 1000 && var.endpoint.max_header <= 64000 && floor(var.endpoint.max_header) == var.endpoint.max_header
    error_message = "endpoint.max_header is ${var.endpoint.max_header}: it takes a whole number of bytes from 1000 to 64000."
  }
  validation {
    condition = alltrue([
      for part in split(",", var.endpoint.success_on) :
      can(regex("^[1-5][0-9]{2}(-[1-5][0-9]{2})?$", part)) && try(tonumber(split("-", part)[0]) <= tonumber(reverse(split("-", part))[0]), false)
    ])
    error_message = "endpoint.success_on is \"${var.endpoint.success_on}\": it takes statuses from 100 to 599 and ranges of them, separated by commas, such as 200-299,409."
  }
  validation {
    condition = var.endpoint.retry_on == null ? true : alltrue([
      for part in split(",", var.endpoint.retry_on) :
      can(regex("^[1-5][0-9]{2}(-[1-5][0-9]{2})?$", part)) && try(tonumber(split("-", part)[0]) <= tonumber(reverse(split("-", part))[0]), false)
    ])
    error_message = "endpoint.retry_on is \"${var.endpoint.retry_on == null ? "null" : var.endpoint.retry_on}\": it takes statuses from 100 to 599 and ranges of them, separated by commas, such as 200-299,409, or null."
  }
  validation {
    condition = var.endpoint.reject_on == null ? true : alltrue([
      for part in split(",", var.endpoint.reject_on) :
      can(regex("^[1-5][0-9]{2}(-[1-5][0-9]{2})?$", part)) && try(tonumber(split("-", part)[0]) <= tonumber(reverse(split("-", part))[0]), false)
    ])
    error_message = "endpoint.reject_on is \"${var.endpoint.reject_on == null ? "null" : var.endpoint.reject_on}\": it takes statuses from 100 to 599 and ranges of them, separated by commas, such as 200-299,409, or null."
  }
}

variable "backoff" {
  description = "How long a message that was not delivered waits, and when the function stops sending for a while. Durations are whole numbers with their unit (ms, s, m or h)."
  nullable    = false
  default     = {}
  type = object({
    # The wait after the first receive, doubled with each further one; 0s to 12h. 0s: the function changes no visibility, and messages come again after the visibility timeout.
    base = optional(string, "30s")
    # The longest wait; 1s to 12h, not below base. Chance makes each wait up to a fifth longer or shorter, but none longer than this.
    cap = optional(string, "2h")
    # How much of an endpoint's Retry-After is heeded; 0s to 12h.
    retry_after_max = optional(string, "2h")
    # true: an endpoint that fails again and again gets no requests for a while, and its messages wait.
    breaker = optional(bool, true)
    # true: after five messages in a row that the endpoint rejects, further ones wait, and are not dead-lettered before their last receive. false: each is dead-lettered at once.
    suspect = optional(bool, true)
  })

  validation {
    condition = try([
      for part in [regex("^([0-9]{1,8})(ms|s|m|h)$", var.backoff.base)] :
      tonumber(part[0]) * { ms = 1, s = 1000, m = 60000, h = 3600000 }[part[1]] >= 0 && tonumber(part[0]) * { ms = 1, s = 1000, m = 60000, h = 3600000 }[part[1]] <= 43200000
    ][0], false)
    error_message = "backoff.base is \"${var.backoff.base}\": it takes a whole number with its unit (ms, s, m or h) from 0s to 12h."
  }
  validation {
    condition = try([
      for part in [regex("^([0-9]{1,8})(ms|s|m|h)$", var.backoff.cap)] :
      tonumber(part[0]) * { ms = 1, s = 1000, m = 60000, h = 3600000 }[part[1]] >= 1000 && tonumber(part[0]) * { ms = 1, s = 1000, m = 60000, h = 3600000 }[part[1]] <= 43200000
    ][0], false)
    error_message = "backoff.cap is \"${var.backoff.cap}\": it takes a whole number with its unit (ms, s, m or h) from 1s to 12h."
  }
  validation {
    condition = try([
      for part in [regex("^([0-9]{1,8})(ms|s|m|h)$", var.backoff.retry_after_max)] :
      tonumber(part[0]) * { ms = 1, s = 1000, m = 60000, h = 3600000 }[part[1]] >= 0 && tonumber(part[0]) * { ms = 1, s = 1000, m = 60000, h = 3600000 }[part[1]] <= 43200000
    ][0], false)
    error_message = "backoff.retry_after_max is \"${var.backoff.retry_after_max}\": it takes a whole number with its unit (ms, s, m or h) from 0s to 12h."
  }
  validation {
    # A duration without a unit is refused above.
    condition = try([
      for base in [regex("^([0-9]+)([a-z]+)$", var.backoff.base)] : [
        for cap in [regex("^([0-9]+)([a-z]+)$", var.backoff.cap)] :
        tonumber(cap[0]) * { ms = 1, s = 1000, m = 60000, h = 3600000 }[cap[1]] >= tonumber(base[0]) * { ms = 1, s = 1000, m = 60000, h = 3600000 }[base[1]]
      ][0]
    ][0], true)
    error_message = "backoff.cap is ${var.backoff.cap} and backoff.base ${var.backoff.base}: the longest wait would be shorter than the first. Raise cap, or lower base."
  }
}

variable "routes" {
  description = "Where which message goes, in order: the first route that matches takes it. Objects with the members of FORWARD_ROUTES: name; when; url, or drop = true, or request = \"message\" with url, allowedHosts, allowedHeaders and allowPrivate; method, headers, body, timeout, resend, auth, sign, successOn, retryOn, rejectOn, disposition. A member that is null is left out. The function refuses, when it starts, an allowedHeaders that names a header which only the function or a proxy may write."
  # Conditions and bodies have any shape. A typed list would make all routes of one type, and drop a misspelled member without a word.
  type     = any
  default  = []
  nullable = false

  # Where the first two of these fail, the others have nothing to say.
  validation {
    condition     = can([for index in range(length(var.routes)) : keys(var.routes[index])])
    error_message = "routes takes a list of objects, [{ name = …, url = … }]."
  }
  validation {
    condition     = try(alltrue([for route in var.routes : try(route.name == tostring(route.name) && route.name != "", false)]), true)
    error_message = "routes: each route has a name, a text that is not empty. Without one: ${try(join(", ", [for index, route in var.routes : "the route at index ${index}" if !try(route.name == tostring(route.name) && route.name != "", false)]), "")}."
  }
  validation {
    condition     = try(length(distinct([for route in var.routes : route.name])) == length(var.routes), true)
    error_message = "routes: no two routes have one name, and the names are ${try(join(", ", [for route in var.routes : route.name]), "")}."
  }
  validation {
    condition = try(alltrue(flatten([for route in var.routes : [for member in keys(route) : can(regex(
      "^(name|when|url|drop|request|allowedHosts|allowedHeaders|allowPrivate|method|headers|body|timeout|resend|auth|sign|successOn|retryOn|rejectOn|disposition)$", member,
    ))]])), true)
    error_message = "routes: a route takes name, when, url, drop, request, allowedHosts, allowedHeaders, allowPrivate, method, headers, body, timeout, resend, auth, sign, successOn, retryOn, rejectOn and disposition, but not ${try(join(", ", flatten([for route in var.routes : [for member in keys(route) : member if !can(regex(
      "^(name|when|url|drop|request|allowedHosts|allowedHeaders|allowPrivate|method|headers|body|timeout|resend|auth|sign|successOn|retryOn|rejectOn|disposition)$", member,
    ))]])), "")}."
  }
  validation {
    condition     = try(alltrue([for route in var.routes : try(route.drop == true, false) != (try(route.url, null) != null || try(route.request, null) != null)]), true)
    error_message = "routes: a route has a url, request = \"message\" or both of them, or else drop = true. Not so: ${try(join(", ", [for route in var.routes : try(route.name, "one without a name") if try(route.drop == true, false) == (try(route.url, null) != null || try(route.request, null) != null)]), "")}."
  }
  validation {
    condition = try(alltrue([
      for route in var.routes : try(route.drop, null) == null ? true : route.drop == false || (route.drop == true && length([for name, value in route : name if value != null && !contains(["name", "when", "drop"], name)]) == 0)
    ]), true)
    error_message = "routes: drop is true or false, and a route with drop = true takes name and when besides, and nothing else, for nothing is sent."
  }
  validation {
    condition     = try(alltrue([for route in var.routes : try(route.request, null) == null ? alltrue([for member in ["allowedHosts", "allowedHeaders", "allowPrivate"] : try(route[member], null) == null]) : try(route.request == "message", false)]), true)
    error_message = "routes: request takes \"message\". allowedHosts, allowedHeaders and allowPrivate are for such routes only."
  }
  validation {
    condition = try(alltrue([
      for route in var.routes : try(route.request, null) == null ? true : (try(route.url, null) != null || try(route.allowedHosts, null) != null) && try(route.body, null) == null && !try(strcontains(route.url, "?"), false)
    ]), true)
    error_message = "routes: a route with request = \"message\" has a url, allowedHosts or both, or else its messages could go nowhere; it has no body, and its url no query, for its messages describe them."
  }
  validation {
    condition = try(alltrue([
      for route in var.routes : try(route.allowedHosts, null) == null ? true : !can(keys(route.allowedHosts)) && try(
        alltrue([for host in route.allowedHosts : host == tostring(host)]) && length([for host in route.allowedHosts : regex("^(\\[[0-9A-Fa-f:.]+\\]|[^*/?#@:%\\s\\[\\]\\\\]*[^*/?#@:%.\\s\\[\\]\\\\])(:[1-9][0-9]{0,4})?$", host)]) > 0 && length(route.allowedHosts) <= 100 && length(distinct([for host in route.allowedHosts : lower(host)])) == length(route.allowedHosts), false,
      )
    ]), true)
    error_message = "routes: allowedHosts takes a list of 1 to 100 hosts, each once, HOST or HOST:PORT as in a URL, without scheme, path, wildcard and final full stop."
  }
  validation {
    condition = try(alltrue([
      for route in var.routes : try(route.allowedHeaders, null) == null ? true : !can(keys(route.allowedHeaders)) && try(
        alltrue([for header in route.allowedHeaders : header == tostring(header) && can(regex("^[0-9A-Za-z-]+\\*?$", header))]) && length(route.allowedHeaders) >= 1 && length(route.allowedHeaders) <= 100 && length(distinct([for header in route.allowedHeaders : lower(header)])) == length(route.allowedHeaders), false,
      )
    ]), true)
    error_message = "routes: allowedHeaders takes a list of 1 to 100 texts, each once: the name of a header, of letters, digits and hyphens, or the beginning of such names with * behind it, such as X-Tenant-*."
  }
  validation {
    condition     = try(alltrue([for route in var.routes : try(route.allowPrivate, null) == null ? true : contains([true, false], route.allowPrivate)]), true)
    error_message = "routes: allowPrivate is true or false."
  }
  validation {
    condition     = try(alltrue([for route in var.routes : try(route.resend, null) == null ? true : contains([true, false], route.resend)]), true)
    error_message = "routes: resend is true or false."
  }
  validation {
    condition     = try(alltrue([for route in var.routes : try(route.disposition, null) == null ? true : contains([true, false], route.disposition)]), true)
    error_message = "routes: disposition is true or false."
  }
  validation {
    condition = try(alltrue([
      for route in var.routes : try(route.url, null) == null ? true : can(regex("^https?://[^/?{}]+([/?]|$)", route.url)) && can(regex("^https?://(\\[[0-9A-Fa-f:.]+\\]|[^/?#@:\\s\\[\\]]+)(:[0-9]{1,5})?([/?][^#\\s]*)?$", replace(route.url, "/\\{[^{}]*\\}/", "x")))
    ]), true)
    error_message = "routes: url must be an absolute URL, https://HOST/PATH or https://HOST:PORT/PATH, without user name, password or fragment, and with {expressions} only behind the host: ${try(join(", ", [for route in var.routes : "${route.name} has ${route.url}" if try(route.url, null) != null]), "")}."
  }
  validation {
    condition     = try(alltrue([for route in var.routes : try(route.method, null) == null ? true : try(contains(["GET", "POST", "PUT", "PATCH", "DELETE"], route.method), false)]), true)
    error_message = "routes: method takes GET, POST, PUT, PATCH or DELETE."
  }
  validation {
    condition = try(alltrue([
      for route in var.routes : try(route.headers, null) == null ? true : can([for name, value in route.headers : "${regex("^[!#$%&'*+.^_`|~0-9A-Za-z-]+$", name)}: ${value}"]) && can(keys(route.headers))
    ]), true)
    error_message = "routes: headers takes an object of header names and texts, { X-Tenant = \"…\" }."
  }
  validation {
    condition = try(alltrue([
      for route in var.routes : try(route.timeout, null) == null ? true : try([
        for part in [regex("^([0-9]{1,8})(ms|s|m|h)$", route.timeout)] :
        tonumber(part[0]) * { ms = 1, s = 1000, m = 60000, h = 3600000 }[part[1]] >= 1 && tonumber(part[0]) * { ms = 1, s = 1000, m = 60000, h = 3600000 }[part[1]] <= 900000
      ][0], false)
    ]), true)
    error_message = "routes: timeout takes a whole number with its unit (ms, s, m or h) from 1ms to 15m."
  }
  validation {
    condition = try(alltrue(flatten([
      for route in var.routes : [
        for statuses in [try(route.successOn, null), try(route.retryOn, null), try(route.rejectOn, null)] : statuses == null ? true : try(statuses == tostring(statuses) && alltrue([
          for part in split(",", statuses) :
          can(regex("^[1-5][0-9]{2}(-[1-5][0-9]{2})?$", part)) && try(tonumber(split("-", part)[0]) <= tonumber(reverse(split("-", part))[0]), false)
        ]), false)
      ]
    ])), true)
    error_message = "routes: successOn, retryOn and rejectOn take statuses from 100 to 599 and ranges of them, separated by commas, such as 200-299,409."
  }
  validation {
    condition = try(alltrue(flatten([
      for route in var.routes : [
        for conditions in [try(route.when, null), try(route.when["not"], null)] : conditions == null ? true : try(can(keys(conditions)) && alltrue([
          for what, value in conditions :
          can(regex("^(attribute:.+|body:(/([^/~]|~[01])*(~json)?)*(/([^/~]|~[01])*~form)?)$", what)) ? contains(["", "prefix", "exists"], try(join(",", keys(value)), "")) : what == "not"
        ]), false)
      ]
    ])), true)
    error_message = "routes: when takes conditions under attribute:NAME, body:/json/pointer and not, which takes conditions of its own. A condition is a value, a list of values, { prefix = … } or { exists = true }."
  }
  validation {
    condition = try(alltrue([
      for route in var.routes :
      (try(route.auth, null) == null ? true : contains(["bearer", "basic", "header", "oauth2", "sigv4"], try(var.auth[route.auth].type, ""))) &&
      (try(route.sign, null) == null ? true : contains(["standard-webhooks", "hmac-sha256"], try(var.auth[route.sign].type, "")))
    ]), true)
    error_message = "routes: auth names an entry of the input auth that is a credential (bearer, basic, header, oauth2 or sigv4), sign one that is a signature (standard-webhooks or hmac-sha256): ${try(join("; ", [for route in var.routes : "${route.name} has auth ${try(coalesce(route.auth), "-")} and sign ${try(coalesce(route.sign), "-")}"]), "")}."
  }
}

variable "routes_file" {
  description = "Path in the package of a JSON file with the routes, such as routes.json, in place of routes: for more than Lambda's 4 KB of environment variables hold. Terraform does not look into it. null: none."
  type        = string
  default     = null

  validation {
    condition     = var.routes_file == null ? true : can(regex("^[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)*$", var.routes_file)) && !contains(split("/", var.routes_file), "..")
    error_message = "routes_file is \"${var.routes_file == null ? "null" : var.routes_file}\": it takes a path inside the package, relative to its root, such as routes.json."
  }
  validation {
    condition     = var.routes_file == null || try(length(var.routes), 0) == 0
    error_message = "routes and routes_file exclude each other: leave one out."
  }
}

variable "auth" {
  description = "Credentials and signatures by name, for auth and sign of routes; endpoint.url takes those named default and default-sign. Each has a type: bearer (token), basic (username, password), header (name, value), oauth2 (tokenUrl, clientId, clientSecret; scope, audience), sigv4 (service; region), standard-webhooks (secret; previous), hmac-sha256 (header, secret; prefix). A secret is secretsmanager:ARN of a secret or ssm:ARN of a parameter, the ARN with #json-key or without, or env:NAME, never the secret itself."
  # A typed object would drop a misspelled member without a word.
  type     = map(map(string))
  default  = {}
  nullable = false

  validation {
    condition = alltrue([for entry in values(var.auth) : can(regex(
      "^(bearer: token|basic: password username|header: name value|oauth2: (audience )?clientId clientSecret (scope )?tokenUrl|sigv4: (region )?service|standard-webhooks: (previous )?secret|hmac-sha256: header (prefix )?secret)$",
      "${entry.type}: ${join(" ", [for member, value in entry : member if member != "type" && value != null])}",
    ))])
    error_message = "auth: an entry has a type and its members: bearer token; basic username, password; header name, value; oauth2 tokenUrl, clientId, clientSecret and, if wanted, scope, audience; sigv4 service and, if wanted, region; standard-webhooks secret and, if wanted, previous; hmac-sha256 header, secret and, if wanted, prefix. There is ${join("; ", [for name, entry in var.auth : "${name}: ${try(coalesce(entry.type), "no type")} with ${join(", ", [for member, value in entry : member if member != "type" && value != null])}"])}."
  }
  validation {
    condition = alltrue(flatten([for entry in values(var.auth) : [
      for member, value in entry : value == null ? true : startswith(value, "env:") || startswith(value, "secretsmanager:") || startswith(value, "ssm:")
      if contains(["token", "value", "password", "secret", "previous", "clientSecret"], member)
    ]]))
    error_message = "auth: a secret stands in Secrets Manager, in Parameter Store or in a variable, not here, where the plan, the state and the function's settings show it. Begin with secretsmanager:, ssm: or env: in ${join(", ", flatten([for name, entry in var.auth : [
      for member, value in entry : "${name}.${member}" if contains(["token", "value", "password", "secret", "previous", "clientSecret"], member) && !try(startswith(value, "env:") || startswith(value, "secretsmanager:") || startswith(value, "ssm:"), true)
    ]]))}."
  }
  validation {
    condition = alltrue(flatten([for entry in values(var.auth) : [
      for member, value in entry : can(regex("^secretsmanager:arn:[a-z-]+:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:[A-Za-z0-9/_+=.@-]+-[A-Za-z0-9]{6}(#.+)?$", value))
      if contains(["token", "value", "password", "secret", "previous", "clientSecret"], member) && try(startswith(value, "secretsmanager:"), false)
    ]]))
    error_message = "auth: secretsmanager: takes the whole ARN of a secret, with the six characters that Secrets Manager put at its end, and, for one key of a secret in JSON, # and the key: secretsmanager:arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME-AbCdEf#key."
  }
  validation {
    condition = alltrue(flatten([for entry in values(var.auth) : [
      for member, value in entry : can(regex("^ssm:arn:[a-z-]+:ssm:[a-z0-9-]+:[0-9]{12}:parameter(/[A-Za-z0-9_.-]+)+(#.+)?$", value))
      if contains(["token", "value", "password", "secret", "previous", "clientSecret"], member) && try(startswith(value, "ssm:"), false)
    ]]))
    error_message = "auth: ssm: takes the whole ARN of a parameter, in which a name that begins with a slash has no second one, without a version or label, and, for one key of a parameter in JSON, # and the key: ssm:arn:aws:ssm:REGION:ACCOUNT:parameter/NAME#key."
  }
  validation {
    condition = alltrue(flatten([for entry in values(var.auth) : [
      for member, value in entry : contains(keys(var.function.environment), trimprefix(value, "env:"))
      if contains(["token", "value", "password", "secret", "previous", "clientSecret"], member) && try(startswith(value, "env:"), false)
    ]]))
    error_message = "auth: env: takes the name of a variable in function.environment, which has ${length(var.function.environment) == 0 ? "none" : join(", ", keys(var.function.environment))}."
  }
  validation {
    condition     = alltrue([for entry in values(var.auth) : can(regex("^https?://[^/?#@\\s]+([/?][^#\\s]*)?$", entry.tokenUrl)) if try(entry.tokenUrl, null) != null])
    error_message = "auth: tokenUrl must be an absolute URL, https://HOST/PATH, without user name, password or fragment."
  }
  validation {
    condition     = !contains(["standard-webhooks", "hmac-sha256"], try(var.auth["default"].type, "")) && contains(["standard-webhooks", "hmac-sha256"], try(var.auth["default-sign"].type, "hmac-sha256"))
    error_message = "auth: default is the credential of endpoint.url, default-sign its signature (standard-webhooks or hmac-sha256)."
  }
}

variable "secret_kms_key_arns" {
  description = "ARNs of the KMS keys of your own that encrypt the secrets of auth and queue.redrive_key. Empty: they have Secrets Manager's and Parameter Store's own keys."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for key in var.secret_kms_key_arns : can(regex("^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/.+$", key))])
    error_message = "secret_kms_key_arns takes ARNs of keys, arn:aws:kms:REGION:ACCOUNT:key/ID. IAM does not take an alias for the key."
  }
  validation {
    condition = length(var.secret_kms_key_arns) == 0 || anytrue([
      for value in flatten([[for entry in values(var.auth) : values(entry)], var.queue.redrive_key]) : try(startswith(value, "secretsmanager:") || startswith(value, "ssm:"), false)
    ])
    error_message = "secret_kms_key_arns is given, and neither auth nor queue.redrive_key names a secret in Secrets Manager or Parameter Store: leave it out."
  }
}

variable "fifo" {
  description = "true: a FIFO queue and a FIFO dead-letter queue. Each message group is sent in order. Changing it replaces both queues, and the messages in them are lost."
  type        = bool
  default     = false
  nullable    = false
}

variable "queue" {
  description = "The queue and its dead-letter queue. The visibility timeout is not here: it is derived."
  nullable    = false
  default     = {}
  type = object({
    # Seconds a message stays in the queue; 60 to 1209600 (14 days).
    retention = optional(number, 345600)
    # Seconds a dead letter stays; up to 1209600 (14 days). On a standard queue SQS counts from the message's arrival in the queue, so more than retention.
    dead_letter_retention = optional(number, 1209600)
    # false: there is no dead-letter queue. A message that fails waits and comes again until it expires, and on a FIFO queue its group waits behind it. Changing it to false deletes the dead-letter queue with its letters.
    dead_letters = optional(bool, true)
    # Receives after which SQS moves a message to the dead-letter queue; 1 to 1000, 5 or more advised. null: 10, with dead letters.
    max_receive_count = optional(number)
    # A secret that signs dead letters, named as in auth (secretsmanager:ARN, ssm:ARN or env:NAME): a message that is redriven keeps its first idempotency key only where the signature holds. null: none; then a sender that sets the attribute ForwardFailure chooses the key of its message.
    redrive_key = optional(string)
    # FIFO only: SQS takes the body's hash for the deduplication id where a producer gives none.
    content_based_deduplication = optional(bool, false)
    # ARN of the KMS key that encrypts both queues; null: SQS's own key.
    kms_key_arn = optional(string)
  })

  validation {
    condition     = var.queue.retention >= 60 && var.queue.retention <= 1209600 && floor(var.queue.retention) == var.queue.retention
    error_message = "queue.retention is ${var.queue.retention}: it takes 60 to 1209600 seconds (14 days)."
  }
  validation {
    condition     = var.queue.dead_letter_retention >= 60 && var.queue.dead_letter_retention <= 1209600 && floor(var.queue.dead_letter_retention) == var.queue.dead_letter_retention
    error_message = "queue.dead_letter_retention is ${var.queue.dead_letter_retention}: it takes 60 to 1209600 seconds (14 days)."
  }
  validation {
    condition     = var.queue.max_receive_count == null ? true : var.queue.max_receive_count >= 1 && var.queue.max_receive_count <= 1000 && floor(var.queue.max_receive_count) == var.queue.max_receive_count
    error_message = "queue.max_receive_count is ${coalesce(var.queue.max_receive_count, 10)}: it takes a whole number from 1 to 1000, or null for 10."
  }
  validation {
    condition     = var.queue.dead_letters || var.queue.max_receive_count == null && var.queue.redrive_key == null
    error_message = "queue.dead_letters is false, and ${join(" and ", [for name in ["max_receive_count", "redrive_key"] : "queue.${name}" if var.queue[name] != null])} would be for dead letters: leave one or the other out."
  }
  validation {
    condition = var.queue.redrive_key == null ? true : can(regex(join("|", [
      "^secretsmanager:arn:[a-z-]+:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:[A-Za-z0-9/_+=.@-]+-[A-Za-z0-9]{6}(#.+)?$",
      "^ssm:arn:[a-z-]+:ssm:[a-z0-9-]+:[0-9]{12}:parameter(/[A-Za-z0-9_.-]+)+(#.+)?$",
      "^env:.",
    ]), var.queue.redrive_key))
    error_message = "queue.redrive_key takes a secret as auth does, secretsmanager: and the whole ARN of a secret, ssm: and the whole ARN of a parameter, the ARN with #json-key or without, or env: and the name of a variable; never the key itself, which the plan, the state and the function's settings would show."
  }
  validation {
    condition     = try(startswith(var.queue.redrive_key, "env:"), false) ? contains(keys(var.function.environment), trimprefix(var.queue.redrive_key, "env:")) : true
    error_message = "queue.redrive_key: env: takes the name of a variable in function.environment, which has ${length(var.function.environment) == 0 ? "none" : join(", ", keys(var.function.environment))}."
  }
  validation {
    condition     = var.fifo || !var.queue.content_based_deduplication
    error_message = "queue.content_based_deduplication is for FIFO queues: set fifo = true, or leave it out."
  }
  validation {
    condition     = var.queue.kms_key_arn == null ? true : can(regex("^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/.+$", var.queue.kms_key_arn))
    error_message = "queue.kms_key_arn is \"${coalesce(var.queue.kms_key_arn, "null")}\": it takes the ARN of a key, arn:aws:kms:REGION:ACCOUNT:key/ID. IAM does not take an alias for the key."
  }
}

variable "batch" {
  description = "How Lambda gathers messages into one invocation."
  nullable    = false
  default     = {}
  type = object({
    # Messages in a batch at most; 1 to 10000, on a FIFO queue 1 to 10. Lambda sends fewer where they would pass 6 MB.
    size = optional(number, 10)
    # Seconds to wait for a batch to fill; 0 to 300, at least 1 with a size above 10, 0 on a FIFO queue.
    window = optional(number, 0)
    # Event filter patterns in JSON, at most 10 of 4096 characters. A message that none of them matches is deleted unsent. Empty: no filter.
    filters = optional(list(string), [])
  })

  validation {
    condition     = var.batch.size >= 1 && var.batch.size <= 10000 && floor(var.batch.size) == var.batch.size
    error_message = "batch.size is ${var.batch.size}: it takes a whole number from 1 to 10000."
  }
  validation {
    condition     = var.batch.window >= 0 && var.batch.window <= 300 && floor(var.batch.window) == var.batch.window
    error_message = "batch.window is ${var.batch.window}: it takes 0 to 300 seconds."
  }
  validation {
    condition     = var.fifo || var.batch.size <= 10 || var.batch.window >= 1
    error_message = "batch.size is ${var.batch.size}, and above 10 Lambda needs batch.window of at least 1 second: raise the window, or lower the size to 10."
  }
  validation {
    condition     = !var.fifo || var.batch.size <= 10
    error_message = "batch.size is ${var.batch.size}, and Lambda takes at most 10 from a FIFO queue: lower it."
  }
  validation {
    condition     = !var.fifo || var.batch.window == 0
    error_message = "batch.window is ${var.batch.window} seconds, and Lambda knows no window on a FIFO queue: set it to 0."
  }
  validation {
    condition     = length(var.batch.filters) <= 10
    error_message = "batch.filters has ${length(var.batch.filters)} patterns: Lambda takes at most 10."
  }
  validation {
    condition     = alltrue([for filter in var.batch.filters : length(filter) <= 4096])
    error_message = "batch.filters has a pattern of ${max(0, [for filter in var.batch.filters : length(filter)]...)} characters: Lambda takes at most 4096."
  }
  validation {
    condition     = alltrue([for filter in var.batch.filters : can(keys(jsondecode(filter)))])
    error_message = "batch.filters has a pattern that is not a JSON object: write each with jsonencode({ body = … })."
  }
}

variable "concurrency" {
  description = "How many invocations run at once: maximum (Lambda polls by demand) or pollers (provisioned mode), not both. With neither, maximum is 10."
  nullable    = false
  default     = {}
  type = object({
    # Invocations at once at most; 2 or more, within the account's quota. null: 10, unless there are pollers.
    maximum = optional(number)
    # Pollers that are always there, minimum 2 to 200, and that there may be, maximum 2 or more; each runs up to 10 invocations at once.
    pollers = optional(object({ minimum = number, maximum = number }))
  })

  validation {
    condition     = var.concurrency.maximum == null || var.concurrency.pollers == null
    error_message = "concurrency.maximum and concurrency.pollers exclude each other: leave one out."
  }
  validation {
    condition     = var.concurrency.maximum == null ? true : var.concurrency.maximum >= 2 && floor(var.concurrency.maximum) == var.concurrency.maximum
    error_message = "concurrency.maximum is ${coalesce(var.concurrency.maximum, 0)}: it takes a whole number of at least 2, Lambda's lowest."
  }
  validation {
    condition     = var.concurrency.pollers == null ? true : var.concurrency.pollers.minimum >= 2 && var.concurrency.pollers.minimum <= 200 && floor(var.concurrency.pollers.minimum) == var.concurrency.pollers.minimum
    error_message = "concurrency.pollers.minimum is ${try(var.concurrency.pollers.minimum, 0)}: it takes a whole number from 2 to 200."
  }
  validation {
    condition     = var.concurrency.pollers == null ? true : var.concurrency.pollers.maximum >= max(2, var.concurrency.pollers.minimum) && floor(var.concurrency.pollers.maximum) == var.concurrency.pollers.maximum
    error_message = "concurrency.pollers.maximum is ${try(var.concurrency.pollers.maximum, 0)}: it takes a whole number of at least 2 and at least minimum, which is ${try(var.concurrency.pollers.minimum, 0)}."
  }
}

variable "function" {
  description = "The Lambda function."
  nullable    = false
  default     = {}
  type = object({
    # arm64 or x86_64; the package must be built for it.
    architecture = optional(string, "arm64")
    # Megabytes; 128 to 10240. CPU time grows with them.
    memory = optional(number, 256)
    # Seconds; 1 to 900. null: derived from batch and endpoint, at least 60.
    timeout = optional(number)
    # Invocations set aside for this function and its upper limit; null: none. concurrency is the better control.
    reserved_concurrency = optional(number)
    # TRACE, DEBUG, INFO, WARN, ERROR or FATAL.
    log_level = optional(string, "INFO")
    # Days CloudWatch keeps the logs; 0: for ever.
    log_retention = optional(number, 30)
    # true sends traces to X-Ray.
    tracing = optional(bool, false)
    # The published version that takes messages, such as "7", to roll back; null: the newest.
    live_version = optional(string)
    # Environment variables of your own, such as those that auth and queue.redrive_key name with env:. They stand in clear text in the state and in Lambda's console. Names beginning with FORWARD_ or AWS_LAMBDA are the module's.
    environment = optional(map(string), {})
  })

  validation {
    condition     = contains(["arm64", "x86_64"], var.function.architecture)
    error_message = "function.architecture is \"${var.function.architecture}\": it takes arm64 or x86_64."
  }
  validation {
    condition     = var.function.memory >= 128 && var.function.memory <= 10240 && floor(var.function.memory) == var.function.memory
    error_message = "function.memory is ${var.function.memory}: it takes 128 to 10240 MB."
  }
  validation {
    condition     = var.function.timeout == null ? true : var.function.timeout >= 1 && var.function.timeout <= 900 && floor(var.function.timeout) == var.function.timeout
    error_message = "function.timeout is ${coalesce(var.function.timeout, 0)}: it takes 1 to 900 seconds, or null to derive it."
  }
  validation {
    condition     = var.function.reserved_concurrency == null ? true : var.function.reserved_concurrency >= 0 && floor(var.function.reserved_concurrency) == var.function.reserved_concurrency
    error_message = "function.reserved_concurrency is ${coalesce(var.function.reserved_concurrency, 0)}: it takes a whole number, or null for none."
  }
  validation {
    condition     = contains(["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"], var.function.log_level)
    error_message = "function.log_level is \"${var.function.log_level}\": it takes TRACE, DEBUG, INFO, WARN, ERROR or FATAL."
  }
  validation {
    condition     = contains([0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.function.log_retention)
    error_message = "function.log_retention is ${var.function.log_retention}: CloudWatch takes 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288 or 3653 days, or 0 for ever."
  }
  validation {
    condition     = var.function.live_version == null ? true : can(regex("^[1-9][0-9]*$", var.function.live_version))
    error_message = "function.live_version is \"${coalesce(var.function.live_version, "null")}\": it takes the number of a published version, such as \"7\", or null for the newest."
  }
  validation {
    condition     = alltrue([for name in keys(var.function.environment) : can(regex("^[A-Za-z][A-Za-z0-9_]+$", name))])
    error_message = "function.environment: Lambda's names have two or more letters, digits and underscores and begin with a letter."
  }
  validation {
    # https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime
    condition = length(setintersection(keys(var.function.environment), [
      "AWS_ACCESS_KEY", "AWS_ACCESS_KEY_ID", "AWS_DEFAULT_REGION", "AWS_EXECUTION_ENV", "AWS_REGION", "AWS_SECRET_ACCESS_KEY",
      "AWS_SESSION_TOKEN", "LAMBDA_RUNTIME_DIR", "LAMBDA_TASK_ROOT",
    ])) == 0
    error_message = "function.environment has a name that Lambda keeps for itself, such as AWS_REGION, AWS_SESSION_TOKEN or LAMBDA_TASK_ROOT: leave it out."
  }
  validation {
    condition     = alltrue([for name in keys(var.function.environment) : !startswith(name, "FORWARD_") && !startswith(name, "AWS_LAMBDA")])
    error_message = "function.environment has ${join(", ", [for name in keys(var.function.environment) : name if startswith(name, "FORWARD_") || startswith(name, "AWS_LAMBDA")])}: names beginning with FORWARD_ or AWS_LAMBDA come from the other inputs, where the module checks them."
  }
}

variable "vpc" {
  description = "Subnets and security groups of a VPC for the function; null: none, which an endpoint on the internet does not need."
  default     = null
  type = object({
    # Subnets, at least one, with a route to the endpoint, to SQS unless backoff.base is 0s, and to Secrets Manager and Parameter Store where auth or queue.redrive_key names secrets there.
    subnet_ids = list(string)
    # Security groups, at least one, that let the function reach the endpoint.
    security_group_ids = list(string)
  })

  validation {
    condition     = var.vpc == null ? true : length(var.vpc.subnet_ids) > 0
    error_message = "vpc.subnet_ids is empty: name at least one subnet, or set vpc to null."
  }
  validation {
    condition     = var.vpc == null ? true : length(var.vpc.security_group_ids) > 0
    error_message = "vpc.security_group_ids is empty: name at least one security group, or set vpc to null."
  }
}

variable "senders" {
  description = "AWS services that may send to the queue, such as SNS, EventBridge and S3. Your own producers take the output producer_policy instead."
  nullable    = false
  default     = []
  type = list(object({
    # The service's principal, such as sns.amazonaws.com.
    service = string
    # ARN of the topic, rule or bucket it may send for.
    source_arn = string
    # Account that owns the source, 12 digits. Required where source_arn names none, as a bucket's does: once a bucket is deleted, any account may take its name.
    source_account = optional(string)
  }))

  validation {
    condition     = alltrue([for sender in var.senders : can(regex("^[a-z0-9.-]+\\.amazonaws\\.com(\\.cn)?$", sender.service))])
    error_message = "senders: service takes the principal of an AWS service, such as sns.amazonaws.com."
  }
  validation {
    condition     = alltrue([for sender in var.senders : can(regex("^arn:[a-z-]+:[a-z0-9-]+:[a-z0-9-]*:([0-9]{12})?:[^*?]+$", sender.source_arn))])
    error_message = "senders: source_arn takes the ARN of one topic, rule or bucket, without wildcards."
  }
  validation {
    condition     = alltrue([for sender in var.senders : sender.source_account == null ? true : can(regex("^[0-9]{12}$", sender.source_account))])
    error_message = "senders: source_account takes an account id of 12 digits, or null."
  }
  validation {
    condition     = alltrue([for sender in var.senders : sender.source_account != null || try(split(":", sender.source_arn)[4] != "", true)])
    error_message = "senders: an ARN without an account, such as a bucket's, does not say who owns the source: once a bucket is deleted, any account may take its name and send. Set source_account for ${join(", ", [for sender in var.senders : sender.source_arn if sender.source_account == null && try(split(":", sender.source_arn)[4] == "", false)])}."
  }
  validation {
    condition     = alltrue([for sender in var.senders : sender.source_account == null ? true : contains(["", sender.source_account], try(split(":", sender.source_arn)[4], ""))])
    error_message = "senders: source_account is another account than that in source_arn, so nobody could send: ${join(", ", [for sender in var.senders : "${sender.source_arn} with ${sender.source_account}" if sender.source_account == null ? false : !contains(["", sender.source_account], try(split(":", sender.source_arn)[4], ""))])}. Leave source_account out, or correct it."
  }
}

variable "alarm_actions" {
  description = "ARNs, of SNS topics for example, that hear of every alarm and of its end. Empty: alarms that only show in CloudWatch."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for action in var.alarm_actions : can(regex("^arn:[a-z-]+:.+$", action))])
    error_message = "alarm_actions takes ARNs."
  }
}

variable "tags" {
  description = "Tags of everything that can have tags, besides Name."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for key in keys(var.tags) : !startswith(lower(key), "aws:")])
    error_message = "tags: keys beginning with aws: are reserved by AWS."
  }
}
