#define _GNU_SOURCE
#include "Host.h"

// string.format and tostring beside the stock ones: what both give is the same text.

static const char script[] = "return function(spec, ...) return string.format(spec, ...) end";
static const char decimal_script[] =
    "return function(spec, x) return string.format(spec, x), tostring(x), tostring(-x), x < 0, math.floor(x), math.ceil(x),\n"
    "  math.abs(x), math.tointeger(x) end";

static lua_State *stock;

static int push_arguments(lua_State *L, const weir_value *values, int count) {
  for (int i = 0; i < count; i++) {
    if (values[i].kind == WEIR_INT) lua_pushinteger(L, values[i].integer);
    else if (values[i].kind == WEIR_FLOAT) lua_pushnumber(L, values[i].number);
    else lua_pushlstring(L, values[i].text, values[i].length);
  }
  return count;
}

/// A decimal of any coefficient below 10^38 is shown and cut without a trap.
static void format_decimal(weir_state *state, int32_t function, const uint8_t *spec, size_t length, const uint8_t *bytes) {
  weir_value values[2] = {text_value(spec, length), {.kind = WEIR_DECIMAL, .scale = bytes[0] % 39}};
  memcpy(&values[1].integer, bytes + 1, 8);
  memcpy(&values[1].low, bytes + 9, 8);
  values[1].integer %= 5421010862427522170LL; // the high half of 10^38
  weir_call(state, function, values, 2);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
  static weir_state *state;
  static int32_t function, decimal_function;
  if (size < 20 || size > 80) return 0;
  if (!stock) {
    stock = luaL_newstate();
    luaL_openlibs(stock);
    if (luaL_loadstring(stock, script) != LUA_OK || lua_pcall(stock, 0, 1, 0) != LUA_OK) abort();
  }
  if (!state) {
    function = load_function(state = make_host(1000000), script);
    decimal_function = load_function(state, decimal_script);
  }
  const uint8_t *spec = bytes + 18;
  weir_value values[4] = {text_value(spec, size - 18), {.kind = WEIR_INT}, {.kind = WEIR_FLOAT}, text_value(bytes, 6)};
  memcpy(&values[1].integer, bytes, 8);
  memcpy(&values[2].number, bytes + 8, 8);
  if (bytes[16] & 1) values[1] = values[2];
  if (bytes[16] & 2) values[1] = values[3];
  weir_status status = weir_call(state, function, values, 4);
  const weir_value *shown = weir_values_items(weir_reply(state));
  if (status == WEIR_OK && !memmem(spec, size - 18, "q", 1) && !isnan(values[2].number)) {
    lua_settop(stock, 1);
    lua_pushvalue(stock, 1);
    if (lua_pcall(stock, push_arguments(stock, values, 4), 1, 0) == LUA_OK) {
      size_t length;
      const char *text = lua_tolstring(stock, -1, &length);
      REQUIRE(shown->length == length && !memcmp(shown->text, text, length));
    }
  }
  if (status == WEIR_OK || status == WEIR_RUNTIME || status == WEIR_RESULT)
    format_decimal(state, decimal_function, spec, size - 18, bytes);
  if (weir_last_failure(state).status != WEIR_OK && weir_last_failure(state).status != WEIR_RUNTIME) {
    weir_close(state);
    state = NULL;
  }
  return 0;
}
