#include "Host.h"

// Files of any text: two states load them and run what they define over rows, end alike, and another is unharmed.

typedef struct {
  weir_status status;
  int32_t line;
  int64_t row;
  size_t nodes;
  char message[512];
  uint64_t values[8];
} outcome;

static void run_rows(weir_state *state, int32_t function, outcome *result) {
  int64_t ids[4] = {0, 1, -5, INT64_MAX};
  uint64_t money[8] = {150, 0, (uint64_t)-2, UINT64_MAX, UINT64_MAX, 5000000000000000000ULL, 0, 0};
  int64_t ends[4] = {2, 2, 4, 7};
  weir_column columns[] = {{WEIR_INT, 0, ids, NULL, NULL, NULL}, {WEIR_DECIMAL, 2, money, NULL, NULL, NULL},
                           {WEIR_STRING, 0, "abcd\xC3\xA9x", NULL, ends, NULL}};
  const char *names[] = {"id", "price", "name"};
  weir_argument argument = {.kind = WEIR_ARGUMENT_ROW, .column_count = 3, .names = names, .columns = columns};
  weir_result fee = {.name = "fee", .kind = WEIR_DECIMAL, .precision = 38, .scale = 6, .nullable = true};
  weir_batch batch = {.mode = WEIR_MAP, .function = function, .arguments = &argument, .argument_count = 1,
                      .row_count = 4, .results = &fee, .result_count = 1};
  result->status = weir_run(state, &batch);
  if (result->status == WEIR_OK) {
    REQUIRE(fee.count == 4);
    memcpy(result->values, fee.values, sizeof result->values);
    if (batch.failure_count) snprintf(result->message, sizeof result->message, "%s", batch.failures[0].message);
  }
  weir_batch_free(&batch);
  weir_result_free(&fee);
}

static outcome run_program(const char *source, size_t size) {
  weir_state *state = make_host(20000);
  outcome result = {.status = weir_load(state, source, size, "p.lua")};
  result.nodes = weir_values_count(weir_reply(state));
  if (result.status == WEIR_OK) {
    const weir_value *value = weir_values_items(weir_reply(state));
    int32_t function = value->kind == WEIR_FUNCTION ? (int32_t)value->integer : 0;
    if (!function && weir_global(state, "fee") == WEIR_OK) {
      value = weir_values_items(weir_reply(state));
      if (value->kind == WEIR_FUNCTION) function = (int32_t)value->integer;
    }
    if (function) run_rows(state, function, &result);
  }
  if (result.status != WEIR_OK) {
    weir_failure failure = weir_last_failure(state);
    result.line = failure.line;
    result.row = failure.row;
    snprintf(result.message, sizeof result.message, "%s", failure.message);
    REQUIRE(failure.message[0]);
  }
  for (const char *p = result.message; *p; p++) REQUIRE((unsigned char)*p >= 32 && *p != 127);
  REQUIRE(weir_memory_used(state) <= 4 << 20);
  weir_close(state);
  return result;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
  static weir_state *canary;
  static int32_t answer;
  if (!canary) answer = load_function(canary = make_host(10000), "return function() return ('x'):rep(3) .. #'abc' end");
  char *source = malloc(size + 1);
  memcpy(source, bytes, size);
  source[size] = 0;
  outcome first = run_program(source, size), second = run_program(source, size);
  // How long a table with holes is follows from addresses in Lua itself, so the values of odd programs may differ.
  if (!memchr(source, '#', size)) {
    REQUIRE(first.status == second.status && first.line == second.line && first.row == second.row);
    REQUIRE(first.nodes == second.nodes && !strcmp(first.message, second.message));
    REQUIRE(!memcmp(first.values, second.values, sizeof first.values));
  }
  free(source);
  REQUIRE(weir_call(canary, answer, NULL, 0) == WEIR_OK);
  const weir_value *value = weir_values_items(weir_reply(canary));
  REQUIRE(value->kind == WEIR_STRING && value->length == 4 && !memcmp(value->text, "xxx3", 4));
  return 0;
}
