#include "Host.h"

// No fuzzer: 10,000 states made, used in every way that keeps memory outside of Lua, failed in, and dropped. The leak
// sanitizer looks at what is left.

static const char source[] =
    "local helper = require('helper')\n"
    "local t = { [decimal('1')] = 1, [2] = { 'x', ('y'):rep(50) } }\n"
    "return {\n"
    "  rule = function(row) log(row.id) if row.id == 2 then error('no') end return row.id end,\n"
    "  init = function() return { n = 0 } end,\n"
    "  step = function(state, row, emit) emit { n = row.id, text = ('z'):rep(row.id) } end,\n"
    "  read = function(input, emit) for line in input.lines do emit { n = 1 } input.reject(line) end end,\n"
    "  write = function(rows, out) for row in rows do out(row.id, '\\n') end end,\n"
    "  grow = function() local s = 'x' while true do s = s .. s end end,\n"
    "}";

static bool take(void *context, const char *bytes, size_t length) {
  (void)bytes;
  *(size_t *)context += length;
  return true;
}

static int64_t more(void *context, const char **bytes) {
  *bytes = "one\ntwo\nthree\n";
  return (*(int *)context)++ == 0 ? 14 : 0;
}

/// The number of a function of the table that the file gave.
static int32_t function_named(const weir_values *values, const char *name) {
  const weir_value *items = weir_values_items(values);
  for (size_t i = 0; i + 1 < weir_values_count(values); i++)
    if (items[i].kind == WEIR_STRING && !strcmp(items[i].text, name)) return (int32_t)items[i + 1].integer;
  abort();
}

static void run_rows(weir_state *state, weir_mode mode, int32_t initial, int32_t function, int results) {
  int64_t ids[3] = {1, 2, 3};
  uint32_t keys[3] = {0, 0, 1};
  weir_column column = {WEIR_INT, 0, ids, NULL, NULL, NULL};
  const char *names[] = {"id"};
  weir_argument argument = {.kind = WEIR_ARGUMENT_ROW, .column_count = 1, .names = names, .columns = &column};
  weir_result made[] = {{.name = "n", .kind = WEIR_INT}, {.name = "text", .kind = WEIR_STRING}};
  weir_batch batch = {.mode = mode, .initial = initial, .function = function, .arguments = &argument,
                      .argument_count = 1, .row_count = 3, .results = made, .result_count = results,
                      .group_of_row = keys};
  REQUIRE(weir_groups_make(state, &batch.groups) == WEIR_OK);
  REQUIRE(weir_run(state, &batch) == WEIR_OK);
  REQUIRE(mode == WEIR_FOLD ? batch.emitted_count == 3 : batch.failure_count == 1);
  weir_batch_free(&batch);
  for (int i = 0; i < 2; i++) weir_result_free(&made[i]);
}

static void read_input(weir_state *state, int32_t function) {
  int calls = 0;
  weir_result made = {.name = "n", .kind = WEIR_INT};
  weir_source input = {.function = function, .name = "i", .context = &calls, .more = more, .results = &made,
                       .result_count = 1};
  REQUIRE(weir_source_next(state, &input) == WEIR_OK && input.row_count == 3 && input.refused_count == 3);
  weir_source_free(state, &input);
  weir_result_free(&made);
}

static void write_output(weir_state *state, int32_t function) {
  int64_t ids[3] = {1, 2, 3};
  weir_column column = {WEIR_INT, 0, ids, NULL, NULL, NULL};
  const char *names[] = {"id"};
  weir_argument argument = {.kind = WEIR_ARGUMENT_ROW, .column_count = 1, .names = names, .columns = &column};
  size_t written = 0;
  weir_export output = {.function = function, .rows = &argument, .row_count = 3, .context = &written, .write = take};
  REQUIRE(weir_export_run(state, &output) == WEIR_OK && written == 6);
}

int main(void) {
  for (int i = 0; i < 10000; i++) {
    weir_state *state = make_host(20000);
    if (i % 7 == 0) weir_cover(state);
    weir_add_module(state, "helper", "return { 1 }", 12);
    REQUIRE(weir_load(state, source, sizeof source - 1, "states.lua") == WEIR_OK);
    const weir_values *values = weir_reply(state);
    int32_t rule = function_named(values, "rule"), init = function_named(values, "init");
    int32_t step = function_named(values, "step"), read = function_named(values, "read");
    int32_t write = function_named(values, "write"), grow = function_named(values, "grow");
    run_rows(state, WEIR_MAP, 0, rule, 1);
    run_rows(state, WEIR_FOLD, init, step, 2);
    read_input(state, read);
    write_output(state, write);
    if (i % 3 == 0) REQUIRE(weir_load(state, "return (", 8, "broken.lua") == WEIR_SYNTAX);
    if (i % 2 == 0) REQUIRE(weir_call(state, grow, NULL, 0) == WEIR_MEMORY);
    weir_close(state);
  }
  puts("10,000 states made and dropped");
  return 0;
}
