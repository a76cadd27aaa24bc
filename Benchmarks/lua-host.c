// What the Lua host costs: a row of an interpreted rule, an operation on decimals, library functions beside the stock
// ones, and loading. Times and instructions (of user code); run by `make bench-lua`.
#define _GNU_SOURCE
#include <linux/perf_event.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "bridge.h"

static int counter = -1;

static void open_counter(void) {
  struct perf_event_attr about = {.type = PERF_TYPE_HARDWARE, .size = sizeof about, .config = PERF_COUNT_HW_INSTRUCTIONS,
                                  .exclude_kernel = 1};
  counter = (int)syscall(SYS_perf_event_open, &about, 0, -1, -1, 0);
}

static double instructions(void) {
  uint64_t value = 0;
  if (counter < 0 || read(counter, &value, sizeof value) != sizeof value) return 0;
  return (double)value;
}

typedef struct {
  double seconds, instructions;
} measure;

/// Seconds of the processor: what else the machine does is not counted.
static measure now(void) {
  struct timespec clock;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &clock);
  return (measure){(double)clock.tv_sec + (double)clock.tv_nsec * 1e-9, instructions()};
}

static void report(const char *name, measure start, double count) {
  measure end = now();
  printf("%-44s %8.1f ns %8.0f instructions\n", name, (end.seconds - start.seconds) / count * 1e9,
         (end.instructions - start.instructions) / count);
}

static bool divide(uint64_t low, int64_t high, int32_t scale, uint64_t other_low, int64_t other_high, int32_t other_scale,
                   uint64_t *result_low, int64_t *result_high) {
  (void)scale, (void)other_low, (void)other_high, (void)other_scale;
  *result_low = low;
  *result_high = high;
  return true;
}

static int32_t compare(uint64_t low, int64_t high, int32_t scale, uint64_t other_low, int64_t other_high, int32_t other_scale) {
  (void)scale, (void)other_scale;
  return high != other_high ? (high < other_high ? -1 : 1) : (low > other_low) - (low < other_low);
}

static bool call(void *context, int32_t function, const weir_value *arguments, size_t nodes, int32_t count, weir_values *reply) {
  (void)context, (void)function, (void)arguments, (void)nodes, (void)count;
  weir_values_clear(reply);
  return true;
}

static weir_state *make_state(void) {
  weir_limits limits = {1000000, 1000000000, 64 << 20, 1 << 20, 16 << 20, 30};
  weir_state *state = weir_create(limits, (weir_callbacks){NULL, divide, compare, call});
  weir_value settings = {.kind = WEIR_TABLE};
  weir_set_global(state, "settings", &settings);
  return state;
}

static int32_t load(weir_state *state, const char *source) {
  if (weir_load(state, source, strlen(source), "bench.lua") != WEIR_OK) {
    fprintf(stderr, "%s\n", weir_last_failure(state).message);
    exit(1);
  }
  return (int32_t)weir_values_items(weir_reply(state))[0].integer;
}

enum { BATCH = 4096 };

/// A rule over rows of three columns, in batches, with every limit on. The sum of the results is checked.
static void measure_rule(const char *name, const char *source, int kind, int result_kind, double rows, double wanted) {
  static int64_t ints[3][BATCH];
  static double floats[3][BATCH];
  static uint64_t decimals[3][BATCH * 2];
  weir_column columns[3];
  const char *names[] = {"a", "b", "c"};
  for (int c = 0; c < 3; c++) {
    for (int r = 0; r < BATCH; r++) {
      ints[c][r] = r % 100 + c;
      floats[c][r] = r % 100 + c;
      decimals[c][r * 2] = (uint64_t)(r % 100 + c) * 100;
    }
    const void *values = kind == WEIR_INT ? (void *)ints[c] : kind == WEIR_FLOAT ? (void *)floats[c] : (void *)decimals[c];
    columns[c] = (weir_column){kind, kind == WEIR_DECIMAL ? 2 : 0, values, NULL, NULL, NULL};
  }
  weir_state *state = make_state();
  int32_t function = load(state, source);
  weir_argument argument = {.kind = WEIR_ARGUMENT_ROW, .column_count = 3, .names = names, .columns = columns};
  measure start = now();
  double sum = 0, done = 0;
  for (; done < rows; done += BATCH) {
    weir_result result = {.name = "x", .kind = result_kind, .precision = 38, .scale = 4};
    weir_batch batch = {.mode = WEIR_MAP, .function = function, .arguments = &argument, .argument_count = 1,
                        .row_count = BATCH, .results = &result, .result_count = 1};
    if (weir_run(state, &batch) != WEIR_OK || batch.failure_count) {
      fprintf(stderr, "%s: %s\n", name, weir_last_failure(state).message);
      exit(1);
    }
    if (result_kind == WEIR_INT) sum += (double)((int64_t *)result.values)[BATCH - 1];
    else if (result_kind == WEIR_FLOAT) sum += ((double *)result.values)[BATCH - 1];
    else sum += (double)((uint64_t *)result.values)[BATCH * 2 - 2] / 10000;
    weir_batch_free(&batch);
    weir_result_free(&result);
  }
  report(name, start, done);
  if (sum != wanted * done / BATCH) {
    fprintf(stderr, "%s gives %g in the last row of a batch\n", name, sum * BATCH / done);
    exit(1);
  }
  weir_close(state);
}

/// The same loop on the host's library and on the stock one.
static void measure_function(const char *name, const char *body, int count) {
  char source[1024];
  snprintf(source, sizeof source, "return function() local x, t = 'key = value, other = 12', { 5, 3, 9, 1, 7, 2, 8 } for i = 1, %d do %s end end",
           count, body);
  weir_state *state = make_state();
  int32_t function = load(state, source);
  lua_State *stock = luaL_newstate();
  luaL_openlibs(stock);
  if (luaL_loadstring(stock, source) != LUA_OK || lua_pcall(stock, 0, 1, 0) != LUA_OK) exit(1);
  measure best[2] = {{1e9, 1e18}, {1e9, 1e18}};
  for (int round = 0; round < 5; round++) {
    measure start = now();
    if (weir_call(state, function, NULL, 0) != WEIR_OK) {
      fprintf(stderr, "%s: %s\n", name, weir_last_failure(state).message);
      exit(1);
    }
    measure middle = now();
    lua_pushvalue(stock, 1);
    lua_call(stock, 0, 0);
    measure end = now();
    measure taken[2] = {{middle.seconds - start.seconds, middle.instructions - start.instructions},
                        {end.seconds - middle.seconds, end.instructions - middle.instructions}};
    for (int i = 0; i < 2; i++) {
      if (taken[i].seconds < best[i].seconds) best[i].seconds = taken[i].seconds;
      if (taken[i].instructions < best[i].instructions) best[i].instructions = taken[i].instructions;
    }
  }
  printf("%-44s %8.1f ns, stock %6.1f: %.2f times the time, %.2f the instructions\n", name, best[0].seconds / count * 1e9,
         best[1].seconds / count * 1e9, best[0].seconds / best[1].seconds,
         best[1].instructions > 0 ? best[0].instructions / best[1].instructions : 0);
  lua_close(stock);
  weir_close(state);
}

static void measure_loading(void) {
  static const char plugin[] =
      "local TIERS = { { up_to = 10000, rate = 0.15 }, { rate = 0.08 } }\n"
      "local function share(x, rate) return x * rate end\n"
      "return fee_rule { name = 'fee', title = 'Fee', inputs = { amount = 'decimal USD', issued_on = 'date' },\n"
      "  versions = { { valid_from = '2018-09-01', valid_to = '2023-07-19', rate = 0.10 }, { valid_from = '2023-07-19', rate = 0.15 } },\n"
      "  fee = function(row, terms)\n"
      "    if row.amount > TIERS[1].up_to then return share(row.amount, terms.rate), 'tiers' end\n"
      "    return row.amount * terms.rate, 'flat'\n"
      "  end }\n";
  measure start = now();
  for (int i = 0; i < 100; i++) {
    weir_state *state = make_state();
    for (int function = 0; function < 45; function++) {
      char name[16];
      snprintf(name, sizeof name, "host%d", function);
      weir_add_function(state, name, function);
    }
    load(state, plugin);
    weir_close(state);
  }
  report("a plugin made, loaded and dropped", start, 100);
}

int main(int count, char **arguments) {
  double rows = count > 1 ? atof(arguments[1]) : 10e6;
  open_counter();
  measure_rule("row: x = a * b + c, ints", "return function(row) return row.a * row.b + row.c end", WEIR_INT, WEIR_INT, rows,
               95 * 96 + 97);
  measure_rule("row: x = a * b + c, floats", "return function(row) return row.a * row.b + row.c end", WEIR_FLOAT, WEIR_FLOAT,
               rows, 95 * 96 + 97);
  measure_rule("row: with a condition and a call", "return function(row) if row.a > 50 then return math.max(row.b, row.c) end return row.a end",
               WEIR_INT, WEIR_INT, rows, 97);
  measure_rule("row: with a loop of ten", "return function(row) local x = row.a for i = 1, 10 do x = x + row.b end return x + row.c end",
               WEIR_INT, WEIR_INT, rows / 4, 95 + 960 + 97);
  measure_rule("row: decimals handed through", "return function(row) local a, b, c = row.a, row.b, row.c return a end", WEIR_DECIMAL,
               WEIR_DECIMAL, rows / 2, 95);
  measure_rule("row: one addition of decimals", "return function(row) local a, b, c = row.a, row.b, row.c return a + b end",
               WEIR_DECIMAL, WEIR_DECIMAL, rows / 2, 95 + 96);
  measure_rule("row: a product and a sum of decimals", "return function(row) return row.a * row.b + row.c end", WEIR_DECIMAL,
               WEIR_DECIMAL, rows / 2, 95 * 96 + 97);
  measure_function("find of a text", "local a = string.find(x, 'other', 1, true)", 20000);
  measure_function("match of a pattern", "local k, v = string.match(x, '^(%w+)%s*=%s*(%w+)')", 10000);
  measure_function("gsub of a pattern", "local y = string.gsub(x, '%w+', 'z')", 5000);
  measure_function("gmatch", "for w in string.gmatch(x, '%a+') do end", 5000);
  measure_function("sub", "local y = string.sub(x, 3, 9)", 20000);
  measure_function("upper", "local y = string.upper(x)", 20000);
  measure_function("rep", "local y = string.rep('ab', 40)", 10000);
  measure_function("byte", "local a, b, c = string.byte(x, 1, 3)", 20000);
  measure_function("format of numbers", "local y = string.format('%5.2f|%d', i / 3, i)", 10000);
  measure_function("format of texts", "local y = string.format('%s: %s', x, x)", 10000);
  measure_function("table.concat", "local y = table.concat(t, ',')", 5000);
  measure_function("table.insert and remove", "table.insert(t, i) table.remove(t)", 20000);
  measure_function("table.unpack", "local a, b, c = table.unpack(t)", 20000);
  measure_function("sort of seven", "local s = { 5, 3, 9, 1, 7, 2, 8 } table.sort(s)", 5000);
  measure_function("sort by a function", "local s = { 5, 3, 9, 1, 7, 2, 8 } table.sort(s, function(a, b) return a > b end)", 5000);
  measure_function("ipairs", "for k, v in ipairs(t) do end", 5000);
  measure_function("pairs", "for k, v in pairs(t) do end", 5000);
  measure_function("pcall", "local ok, y = pcall(type, x)", 20000);
  measure_function("math.floor and max", "local y = math.max(math.floor(i / 3), 5)", 20000);
  measure_loading();
  return 0;
}
