#include "Host.h"

// Arguments and results: values of any shape go in and come back as they were; columns of any values run through rules.

static const char echo[] = "return function(...) return ... end";
static const char rule[] =
    "return function(row, other)\n"
    "  local function try(f) local ok, x = pcall(f) return ok and x or nil end\n"
    "  local d, t, m = row.day, row.at, row.money\n"
    "  try(function() return tostring(d) .. tostring(t) .. tostring(m) end)\n"
    "  try(function() return d.year + d.quarter + t.month + t.day end)\n"
    "  try(function() return t - t, d - d, d + row.int, d - row.int, t.date end)\n"
    "  try(function() return d < row.text, d == t, t <= row.text, d - row.text end)\n"
    "  try(function() return m + row.int, m * row.float, m - other, m < row.float, -m, m == m end)\n"
    "  try(function() return math.floor(m), math.ceil(m), math.abs(m), math.max(m, row.int, row.float), math.tointeger(m) end)\n"
    "  try(function() return string.format('%d %.3f %s %5s', m, m, row.text, row.list[1]) end)\n"
    "  return other, row.text, row.list, d, t, row.int, row.float\n"
    "end";

typedef struct {
  const uint8_t *at, *end;
} stream;

static uint64_t take(stream *s, size_t bytes) {
  uint64_t value = 0;
  for (size_t i = 0; i < bytes && s->at < s->end; i++) value = value << 8 | *s->at++;
  return value;
}

static size_t make_value(stream *s, weir_value *nodes, size_t room, int depth) {
  weir_value *node = &nodes[0];
  *node = (weir_value){.kind = (int32_t)(take(s, 1) % 9)};
  if (room < 20 || s->at >= s->end) return 1;
  switch (node->kind) {
  case WEIR_NIL: break;
  case WEIR_BOOL: node->integer = (int64_t)take(s, 1) & 1; break;
  case WEIR_STRING:
    node->length = take(s, 1) % 8;
    node->text = (const char *)s->at;
    if ((size_t)(s->end - s->at) < node->length) node->length = (size_t)(s->end - s->at);
    s->at += node->length;
    break;
  case WEIR_FLOAT: {
    uint64_t bits = take(s, 8);
    memcpy(&node->number, &bits, 8);
    break;
  }
  case WEIR_DECIMAL:
    node->scale = (int32_t)take(s, 1) % 39;
    node->integer = (int64_t)take(s, 8) % 5421010862427522170LL;
    node->low = take(s, 8);
    break;
  case WEIR_TABLE: {
    size_t used = 1;
    if (depth < 5) node->integer = (int64_t)take(s, 1) % 5;
    for (int64_t i = 0; i < node->integer; i++) {
      nodes[used++] = (weir_value){.kind = WEIR_INT, .integer = i + 1};
      size_t before = used;
      used += make_value(s, nodes + used, room - used > 200 ? (room - used) / 2 : 0, depth + 1);
      if (nodes[before].kind == WEIR_NIL) nodes[before].kind = WEIR_BOOL; // a list has no holes
    }
    return used;
  }
  default: node->integer = (int64_t)take(s, 8);
  }
  return 1;
}

static void echo_values(weir_state *state, int32_t function, stream *s) {
  static weir_value nodes[4096];
  int count = 1 + (int)(take(s, 1) % 3);
  size_t used = 0;
  for (int i = 0; i < count; i++) used += make_value(s, nodes + used, sizeof nodes / sizeof *nodes - used - 64, 0);
  if (weir_call(state, function, nodes, count) != WEIR_OK) return;
  const weir_value *back = weir_values_items(weir_reply(state));
  REQUIRE(weir_values_count(weir_reply(state)) == used);
  for (size_t i = 0; i < used; i++) {
    REQUIRE(back[i].kind == nodes[i].kind && back[i].integer == nodes[i].integer && back[i].low == nodes[i].low);
    REQUIRE(back[i].scale == nodes[i].scale && back[i].length == nodes[i].length);
    REQUIRE(!memcmp(&back[i].number, &nodes[i].number, 8));
    REQUIRE(!nodes[i].length || !memcmp(back[i].text, nodes[i].text, nodes[i].length));
  }
}

static void run_rows(weir_state *state, int32_t function, stream *s) {
  enum { ROWS = 4 };
  uint64_t values[6][ROWS * 2];
  uint8_t present[6][ROWS];
  int64_t ends[ROWS], list_ends[ROWS];
  int32_t days[ROWS];
  char text[ROWS * 4 + 1] = {0};
  for (int c = 0; c < 6; c++)
    for (int r = 0; r < ROWS; r++) {
      present[c][r] = take(s, 1) % 8 != 0;
      values[c][r * 2] = take(s, 8);
      values[c][r * 2 + 1] = c == 5 ? (uint64_t)((int64_t)take(s, 8) % 5421010862427522170LL) : take(s, 1);
    }
  for (int r = 0; r < ROWS; r++) {
    for (int i = 0; i < 4; i++) text[r * 4 + i] = (char)take(s, 1);
    ends[r] = (r + 1) * 4;
    list_ends[r] = r;
    days[r] = (int32_t)take(s, 4);
  }
  int32_t kind = (int32_t[]){WEIR_DECIMAL, WEIR_STRING, WEIR_LIST, WEIR_DATE, WEIR_INT, WEIR_FLOAT}[take(s, 1) % 6];
  weir_column element = {WEIR_INT, 0, values[4], NULL, NULL, NULL};
  weir_column columns[] = {{WEIR_INT, 0, values[0], present[0], NULL, NULL}, {WEIR_FLOAT, 0, values[1], present[1], NULL, NULL},
                           {WEIR_STRING, 0, text, present[2], ends, NULL}, {WEIR_DATE, 0, days, present[3], NULL, NULL},
                           {WEIR_TIMESTAMP, 0, values[2], NULL, NULL, NULL},
                           {WEIR_DECIMAL, (int32_t)(take(s, 1) % 39), values[5], present[5], NULL, NULL},
                           {WEIR_LIST, 0, NULL, NULL, list_ends, &element}};
  const char *names[] = {"int", "float", "text", "day", "at", "money", "list"};
  weir_argument arguments[] = {{.kind = WEIR_ARGUMENT_ROW, .column_count = 7, .names = names, .columns = columns},
                               {.kind = WEIR_ARGUMENT_COLUMN, .column_count = 1, .columns = &columns[5]}};
  weir_result list_element = {.name = "list", .kind = WEIR_INT};
  weir_result results[7] = {{.name = "a", .kind = kind == WEIR_LIST ? WEIR_DECIMAL : kind, .precision = 20, .scale = 4, .nullable = true},
                            {.name = "text", .kind = WEIR_STRING, .nullable = true},
                            {.name = "list", .kind = WEIR_LIST, .element = &list_element},
                            {.name = "day", .kind = WEIR_DATE, .nullable = true}, {.name = "at", .kind = WEIR_TIMESTAMP},
                            {.name = "int", .kind = WEIR_INT, .nullable = true}, {.name = "float", .kind = WEIR_FLOAT, .nullable = true}};
  weir_batch batch = {.mode = WEIR_MAP, .function = function, .arguments = arguments, .argument_count = 2,
                      .row_count = ROWS, .results = results, .result_count = 7};
  if (weir_run(state, &batch) == WEIR_OK)
    for (int r = 0; r < 7; r++) REQUIRE(results[r].count == ROWS);
  weir_batch_free(&batch);
  weir_result_free(&list_element);
  for (int r = 0; r < 7; r++) weir_result_free(&results[r]);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
  static weir_state *state;
  static int32_t echo_function, rule_function;
  if (!state) {
    echo_function = load_function(state = make_host(1 << 20), echo);
    rule_function = load_function(state, rule);
  }
  stream s = {bytes, bytes + size};
  if (take(&s, 1) & 1) echo_values(state, echo_function, &s);
  else run_rows(state, rule_function, &s);
  weir_status status = (weir_status)weir_last_failure(state).status;
  if (status == WEIR_MEMORY || status == WEIR_INSTRUCTIONS) {
    weir_close(state);
    state = NULL;
  }
  return 0;
}
