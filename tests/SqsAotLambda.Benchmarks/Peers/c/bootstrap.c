// The floor: what a forwarder costs at least. One thread, poll(2), ten kept-alive connections, one buffer for the event.
// It checks nothing that the benchmark does not do: no time-outs, no retries, no escapes but those of JSON, ASCII only.
// With -DTLS it speaks https through OpenSSL.
#define _GNU_SOURCE
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#ifdef TLS
#include <openssl/ssl.h>
#endif

enum { CONCURRENCY = 10, HEAD_BYTES = 16 * 1024 };

typedef struct {
  int socket;
#ifdef TLS
  SSL *tls;
#endif
  const char *message; // the record under way; NULL when idle
} Connection;

typedef struct {
  const char *text;
  size_t length;
} Text;

static char *event, *scratch, *answer;
static size_t event_capacity;

static void die(const char *why) {
  perror(why);
  exit(1);
}

// ---- sockets

static void open_socket(Connection *connection, const char *host, const char *port) {
  struct addrinfo hints = {.ai_family = AF_INET, .ai_socktype = SOCK_STREAM}, *address;
  if (getaddrinfo(host, port, &hints, &address) != 0) die(host);
  connection->socket = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (connect(connection->socket, address->ai_addr, address->ai_addrlen) != 0) die("connect");
  int one = 1;
  setsockopt(connection->socket, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  freeaddrinfo(address);
}

#ifdef TLS
// Each connection after the first resumes the session of the one before.
static SSL_SESSION *session;

static int keep_session(SSL *tls, SSL_SESSION *fresh) {
  (void)tls;
  if (session) SSL_SESSION_free(session);
  session = fresh;
  return 1;
}

static void secure(Connection *connection, const char *host) {
  static SSL_CTX *context;
  if (!context) {
    context = SSL_CTX_new(TLS_client_method());
    SSL_CTX_set_default_verify_paths(context);
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_CLIENT);
    SSL_CTX_sess_set_new_cb(context, keep_session);
  }
  connection->tls = SSL_new(context);
  SSL_set_tlsext_host_name(connection->tls, host);
  SSL_set1_host(connection->tls, host);
  SSL_set_fd(connection->tls, connection->socket);
  if (session) SSL_set_session(connection->tls, session);
  if (SSL_connect(connection->tls) != 1) die("TLS handshake");
}
#endif

static void send_all(Connection *connection, const char *bytes, size_t length) {
#ifdef TLS
  if (connection->tls) {
    if (SSL_write(connection->tls, bytes, (int)length) != (int)length) die("SSL_write");
    return;
  }
#endif
  while (length > 0) {
    ssize_t sent = send(connection->socket, bytes, length, MSG_NOSIGNAL);
    if (sent <= 0) die("send");
    bytes += sent;
    length -= (size_t)sent;
  }
}

static size_t receive(Connection *connection, char *bytes, size_t room) {
#ifdef TLS
  if (connection->tls) {
    int read = SSL_read(connection->tls, bytes, (int)room);
    if (read <= 0) die("SSL_read");
    return (size_t)read;
  }
#endif
  ssize_t read = recv(connection->socket, bytes, room, 0);
  if (read <= 0) die("the peer hung up");
  return (size_t)read;
}

// Reads an answer with its body into *buffer, which may grow; returns its status and says where the body is.
static int read_answer(Connection *connection, char **buffer, size_t *capacity, Text *body) {
  size_t end = 0;
  char *terminator;
  do {
    end += receive(connection, *buffer + end, *capacity - end);
    terminator = memmem(*buffer, end, "\r\n\r\n", 4);
  } while (!terminator);
  *terminator = 0;
  const char *field = strcasestr(*buffer, "\r\ncontent-length:");
  size_t head = (size_t)(terminator - *buffer) + 4, length = field ? strtoul(field + 17, NULL, 10) : 0;
  if (head + length > *capacity) {
    *capacity = head + length;
    if (!(*buffer = realloc(*buffer, *capacity))) die("realloc");
  }
  while (end < head + length) end += receive(connection, *buffer + end, head + length - end);
  *body = (Text){*buffer + head, length};
  return atoi(*buffer + 9);
}

// ---- JSON

static const char *skip_space(const char *at) {
  while (*at == ' ' || *at == '\n' || *at == '\r' || *at == '\t') at++;
  return at;
}

// The end of a string, from behind its opening quote.
static const char *string_end(const char *at) {
  for (;; at++) {
    at += strcspn(at, "\"\\");
    if (*at != '\\') return at;
    at++;
  }
}

// Behind the value at hand.
static const char *skip_value(const char *at) {
  int depth = 0;
  do {
    at = skip_space(at);
    if (*at == '"') at = string_end(at + 1) + 1;
    else if (*at == '{' || *at == '[') depth++, at++;
    else if (*at == '}' || *at == ']') depth--, at++;
    else if (*at == ',' || *at == ':') at++;
    else at += strcspn(at, ",:]} \n\r\t");
  } while (depth > 0);
  return at;
}

// The value of a member of an object; NULL when there is none.
static const char *member(const char *object, const char *name) {
  size_t length = strlen(name);
  for (const char *at = skip_space(object + 1); *at != '}'; at = skip_space(at)) {
    const char *key = at + 1, *key_end = string_end(key), *value = skip_space(key_end + 1) + 1;
    if ((size_t)(key_end - key) == length && memcmp(key, name, length) == 0) return skip_space(value);
    at = skip_space(skip_value(value));
    if (*at == ',') at++;
  }
  return NULL;
}

static Text string_member(const char *object, const char *name) {
  const char *value = object ? member(object, name) : NULL;
  return value && *value == '"' ? (Text){value + 1, (size_t)(string_end(value + 1) - value - 1)} : (Text){"", 0};
}

static size_t unescape(Text text, char *out) {
  char *start = out;
  for (const char *at = text.text, *end = at + text.length; at < end;) {
    const char *escape = memchr(at, '\\', (size_t)(end - at));
    size_t plain = (size_t)((escape ? escape : end) - at);
    memcpy(out, at, plain);
    out += plain;
    at += plain;
    if (!escape) break;
    const char *codes = "n\nr\rt\tb\bf\f", *code = strchr(codes, at[1]);
    if (at[1] == 'u') {
      *out++ = (char)strtoul((char[]){at[2], at[3], at[4], at[5], 0}, NULL, 16);
      at += 6;
    } else {
      *out++ = code ? code[1] : at[1];
      at += 2;
    }
  }
  return (size_t)(out - start);
}

// ---- forwarding

static struct {
  bool https;
  char host[256], port[8], path[1024];
} url;

static Connection connections[CONCURRENCY];

static void parse_url(const char *text) {
  url.https = strncmp(text, "https", 5) == 0;
  if (sscanf(strstr(text, "//") + 2, "%255[^:/]:%7[^/]%1023s", url.host, url.port, url.path) != 3) die("FORWARD_URL");
#ifndef TLS
  if (url.https) fputs("built without OpenSSL: http only\n", stderr), exit(1);
#endif
}

static void post(Connection *connection, const char *record) {
  if (!connection->socket) {
    open_socket(connection, url.host, url.port);
#ifdef TLS
    if (url.https) secure(connection, url.host);
#endif
  }
  const char *attributes = member(record, "attributes");
  Text id = string_member(record, "messageId"), queue = string_member(record, "eventSourceARN"), body = string_member(record, "body");
  Text count = string_member(attributes, "ApproximateReceiveCount"), first = string_member(attributes, "ApproximateFirstReceiveTimestamp");
  const char *colon = memrchr(queue.text, ':', queue.length);
  if (colon) queue = (Text){colon + 1, (size_t)(queue.text + queue.length - colon - 1)};
  time_t seconds = (time_t)(strtoull(first.text, NULL, 10) / 1000);
  char at[32];
  strftime(at, sizeof at, "%Y-%m-%dT%H:%M:%SZ", gmtime(&seconds));

  // The body goes behind the head, so that both leave at once; first it is known how long it is.
  char *unescaped = scratch + HEAD_BYTES;
  size_t length = unescape(body, unescaped);
  char head[HEAD_BYTES];
  int head_length = snprintf(
      head, sizeof head,
      "POST %s HTTP/1.1\r\nHost: %s:%s\r\nContent-Type: application/json\r\nUser-Agent: aws-sqsd\r\n"
      "X-Aws-Sqsd-Msgid: %.*s\r\nX-Aws-Sqsd-Queue: %.*s\r\nX-Aws-Sqsd-Receive-Count: %.*s\r\nX-Aws-Sqsd-First-Received-At: %s\r\n"
      "Content-Length: %zu\r\n\r\n",
      url.path, url.host, url.port, (int)id.length, id.text, (int)queue.length, queue.text, (int)count.length, count.text, at, length);
  memcpy(unescaped - head_length, head, (size_t)head_length);
  send_all(connection, unescaped - head_length, (size_t)head_length + length);
  connection->message = record;
}

static bool receive_outcome(Connection *connection) {
  static char *buffer;
  static size_t capacity = HEAD_BYTES;
  if (!buffer && !(buffer = malloc(capacity))) die("malloc");
  Text body;
  return read_answer(connection, &buffer, &capacity, &body) / 100 == 2;
}

// Writes the failures behind the answer's start; returns where they end.
static char *forward_all(const char *records, char *failures) {
  const char *next = skip_space(records + 1);
  int under_way = 0;
  for (;;) {
    for (int i = 0; i < CONCURRENCY && *next == '{'; i++) {
      if (connections[i].message) continue;
      post(&connections[i], next);
      under_way++;
      next = skip_space(skip_value(next));
      if (*next == ',') next = skip_space(next + 1);
    }
    if (under_way == 0) return failures;

    struct pollfd waiting[CONCURRENCY];
    for (int i = 0; i < CONCURRENCY; i++) {
      waiting[i] = (struct pollfd){.fd = connections[i].message ? connections[i].socket : -1, .events = POLLIN};
    }
    if (poll(waiting, CONCURRENCY, -1) < 0) die("poll");
    for (int i = 0; i < CONCURRENCY; i++) {
      if (!waiting[i].revents) continue;
      Text id = string_member(connections[i].message, "messageId");
      if (!receive_outcome(&connections[i])) {
        failures += sprintf(failures, "%s{\"itemIdentifier\":\"%.*s\"}", failures[-1] == '[' ? "" : ",", (int)id.length, id.text);
      }
      connections[i].message = NULL;
      under_way--;
    }
  }
}

// ---- the Runtime API: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html

int main(void) {
  const char *api = getenv("AWS_LAMBDA_RUNTIME_API"), *endpoint = getenv("FORWARD_URL");
  char host[256], port[8] = "80", request[1024];
  if (!api || !endpoint || sscanf(api, "%255[^:]:%7s", host, port) < 1) fputs("this runs in AWS Lambda\n", stderr), exit(1);
  parse_url(endpoint);

  Connection runtime = {0};
  open_socket(&runtime, host, port);
  event_capacity = 64 * 1024;
  event = malloc(event_capacity);
  size_t room = 0;
  for (;;) {
    Text body;
    int length = snprintf(request, sizeof request, "GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\nHost: %s\r\n\r\n", api);
    send_all(&runtime, request, (size_t)length);
    if (read_answer(&runtime, &event, &event_capacity, &body) != 200) die("next");
    const char *field = strcasestr(event, "\r\nlambda-runtime-aws-request-id:");
    char id[64];
    if (!field || sscanf(field + 32, " %63[^\r]", id) != 1) die("request id");

    // No body, and no list of failures, is longer than the event.
    if (room < body.length) {
      room = body.length;
      scratch = realloc(scratch, HEAD_BYTES + room);
      answer = realloc(answer, HEAD_BYTES + room);
    }
    const char *records = member(body.text, "Records");
    if (!scratch || !answer || !records) die("event");
    char *start = answer + sprintf(answer, "{\"batchItemFailures\":[");
    char *end = forward_all(records, start);
    end += sprintf(end, "]}");

    length = snprintf(
        request, sizeof request,
        "POST /2018-06-01/runtime/invocation/%s/response HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n\r\n",
        id, api, (size_t)(end - answer));
    send_all(&runtime, request, (size_t)length);
    send_all(&runtime, answer, (size_t)(end - answer));
    read_answer(&runtime, &event, &event_capacity, &body);
  }
}
