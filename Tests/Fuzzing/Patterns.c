#include "Host.h"

// The pattern matcher beside Lua's own: the same answers and the same refusals, on patterns and texts of any bytes.

static const char script[] =
    "return function(how, text, pattern, by)\n"
    "  if how == 0 then return string.find(text, pattern) end\n"
    "  if how == 1 then return string.match(text, pattern) end\n"
    "  if how == 2 then return string.gsub(text, pattern, by) end\n"
    "  local all = {}\n"
    "  for a, b in string.gmatch(text, pattern) do all[#all + 1] = a all[#all + 1] = b or false end\n"
    "  return table.unpack(all)\n"
    "end";

static lua_State *stock;

/// Asks the stock library; gives the number of its results, or -1 for an error.
static int ask_stock(int how, const weir_value *values) {
  lua_settop(stock, 1);
  lua_pushvalue(stock, 1);
  lua_pushinteger(stock, how);
  for (int i = 0; i < 3; i++) lua_pushlstring(stock, values[i].text, values[i].length);
  if (lua_pcall(stock, 4, LUA_MULTRET, 0) != LUA_OK) return -1;
  return lua_gettop(stock) - 1;
}

static void compare(const weir_value *items, int count, int stock_count) {
  REQUIRE(count == stock_count);
  for (int i = 0; i < count; i++) {
    const weir_value *item = &items[i];
    switch (item->kind) {
    case WEIR_NIL: REQUIRE(lua_isnil(stock, i + 2)); break;
    case WEIR_BOOL: REQUIRE(lua_isboolean(stock, i + 2)); break;
    case WEIR_INT: REQUIRE(lua_isinteger(stock, i + 2) && lua_tointeger(stock, i + 2) == item->integer); break;
    default: {
      size_t length;
      const char *text = lua_tolstring(stock, i + 2, &length);
      REQUIRE(item->kind == WEIR_STRING && length == item->length && !memcmp(text, item->text, length));
    }
    }
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
  static weir_state *state;
  static int32_t function;
  if (size < 3 || size > 120) return 0;
  if (!stock) {
    stock = luaL_newstate();
    luaL_openlibs(stock);
    if (luaL_loadstring(stock, script) != LUA_OK || lua_pcall(stock, 0, 1, 0) != LUA_OK) abort();
  }
  if (!state) function = load_function(state = make_host(30000), script);
  size_t pattern_length = bytes[1] % 32, by_length = bytes[2] % 8;
  int how = bytes[0] % 4;
  if (size < 3 + pattern_length + by_length) return 0;
  const uint8_t *pattern = bytes + 3, *by = pattern + pattern_length, *text = by + by_length;
  weir_value values[4] = {{.kind = WEIR_INT, .integer = how}, text_value(text, size - (size_t)(text - bytes)),
                          text_value(pattern, pattern_length), text_value(by, by_length)};
  weir_status status = weir_call(state, function, values, 4);
  if (status == WEIR_OK) {
    int stock_count = ask_stock(how, values + 1);
    compare(weir_values_items(weir_reply(state)), (int)weir_values_count(weir_reply(state)), stock_count);
  } else if (status == WEIR_RUNTIME) {
    const char *message = weir_last_failure(state).message;
    if (!strstr(message, "too complex") && !strstr(message, "too many results")) REQUIRE(ask_stock(how, values + 1) < 0);
  }
  if (status != WEIR_OK && status != WEIR_RUNTIME && status != WEIR_RESULT) {
    weir_close(state);
    state = NULL;
  }
  return 0;
}
