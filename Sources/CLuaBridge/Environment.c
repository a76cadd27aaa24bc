#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "bridge.h"

static int base_type(lua_State *L) {
  luaL_checkany(L, 1);
  lua_pushstring(L, weir_type_name(L, 1));
  return 1;
}

/// The text of a float, as Lua writes it, but for the sign of NaN, which is the machine's; `text` has room for 64
/// bytes.
size_t weir_number_text(double value, char *text) {
  if (isnan(value)) return strlen(strcpy(text, "nan"));
  size_t length = (size_t)snprintf(text, 60, "%.14g", value);
  if (text[strspn(text, "-0123456789")] == 0) { // it looks like an int
    strcpy(text + length, ".0");
    length += 2;
  }
  return length;
}

/// Text of any value, without addresses and without metamethods.
int weir_tostring(lua_State *L) {
  luaL_checkany(L, 1);
  char text[64];
  weir_object *object;
  switch (lua_type(L, 1)) {
  case LUA_TSTRING: lua_settop(L, 1); return 1;
  case LUA_TNUMBER:
    lua_settop(L, 1);
    if (lua_isinteger(L, 1)) lua_tostring(L, 1);
    else lua_pushlstring(L, text, weir_number_text(lua_tonumber(L, 1), text));
    return 1;
  case LUA_TBOOLEAN: lua_pushstring(L, lua_toboolean(L, 1) ? "true" : "false"); return 1;
  case LUA_TUSERDATA:
    object = object_at(L, 1);
    if (object->kind >= WEIR_DECIMAL && object->kind <= WEIR_TIMESTAMP) {
      lua_pushlstring(L, text, weir_object_text(object, text));
      return 1;
    }
    break;
  default: break;
  }
  lua_pushstring(L, weir_type_name(L, 1));
  return 1;
}

static int base_tonumber(lua_State *L) {
  if (lua_isnoneornil(L, 2)) {
    luaL_checkany(L, 1);
    lua_settop(L, 1);
    if (lua_type(L, 1) == LUA_TNUMBER || object_of(L, 1, WEIR_DECIMAL)) return 1;
    size_t length;
    const char *text = lua_type(L, 1) == LUA_TSTRING ? lua_tolstring(L, 1, &length) : NULL;
    if (text) weir_charge(L, state_of(L), (int64_t)(length >> 4));
    if (text && lua_stringtonumber(L, text) == length + 1) return 1;
    return lua_pushnil(L), 1;
  }
  size_t length;
  lua_Integer base = luaL_checkinteger(L, 2), value = 0;
  luaL_checktype(L, 1, LUA_TSTRING);
  const char *text = lua_tolstring(L, 1, &length);
  weir_charge(L, state_of(L), (int64_t)(length >> 4));
  luaL_argcheck(L, base >= 2 && base <= 36, 2, "base out of range");
  size_t start = strspn(text, " \f\n\r\t\v");
  bool is_negative = text[start] == '-';
  start += is_negative;
  while (length > start && strchr(" \f\n\r\t\v", text[length - 1]) && text[length - 1]) length--;
  if (length == start || length - start > 64) return lua_pushnil(L), 1;
  for (size_t i = start; i < length; i++) {
    int c = (unsigned char)text[i];
    int digit = c >= '0' && c <= '9' ? c - '0' : (c | 32) >= 'a' && (c | 32) <= 'z' ? (c | 32) - 'a' + 10 : 99;
    if (digit >= base) return lua_pushnil(L), 1;
    value = (lua_Integer)((lua_Unsigned)value * (lua_Unsigned)base + (lua_Unsigned)digit);
  }
  lua_pushinteger(L, is_negative ? (lua_Integer)(0u - (lua_Unsigned)value) : value);
  return 1;
}

/// Runs where an error is raised that a script will catch: one of the C stack is a limit, and passes on.
static int on_caught(lua_State *L) {
  weir_note_overflow(L, state_of(L));
  lua_settop(L, 1);
  return 1;
}

/// A protected call of the function two above index `handler`, which becomes `on_caught`, with all above it; true stands
/// between them. After it limits and rejections go on up, whoever catches.
static int call_caught(lua_State *L, weir_state *S, int handler) {
  int32_t loading = S->loading, requiring = S->requiring;
  weir_charge(L, S, 10);
  int code = lua_pcall(L, lua_gettop(L) - handler - 2, LUA_MULTRET, handler);
  if (code != LUA_OK) {
    if (code == LUA_ERRMEM) weir_note_exhaustion(S);
    if (code == LUA_ERRERR) weir_note_depth(L, S);
    if (S->fatal || S->rejecting || S->status != WEIR_OK) lua_error(L);
  }
  S->loading = loading;
  weir_forget_modules(L, S, requiring);
  return code;
}

static int base_pcall(lua_State *L) {
  luaL_checkany(L, 1);
  lua_pushcfunction(L, on_caught);
  lua_pushboolean(L, 1);
  lua_rotate(L, 1, 2); // handler, true, function, arguments
  if (call_caught(L, state_of(L), 1) == LUA_OK) return lua_gettop(L) - 1;
  lua_pushboolean(L, 0);
  lua_insert(L, -2);
  return 2;
}

static int base_xpcall(lua_State *L) {
  luaL_checktype(L, 2, LUA_TFUNCTION);
  lua_pushcfunction(L, on_caught);
  lua_pushboolean(L, 1);
  lua_pushvalue(L, 1);
  lua_rotate(L, 3, 3); // function, own handler, handler, true, function, arguments
  if (call_caught(L, state_of(L), 3) == LUA_OK) return lua_gettop(L) - 3;
  lua_pushboolean(L, 0); // the handler runs after the stack has gone, where it is an ordinary call
  lua_pushvalue(L, 2);
  lua_pushvalue(L, -3);
  lua_call(L, 1, 1);
  return 2;
}

static int base_error(lua_State *L) {
  lua_Integer level = luaL_optinteger(L, 2, 1);
  lua_settop(L, 1);
  if (lua_type(L, 1) == LUA_TSTRING && level > 0) {
    luaL_where(L, level > 100 ? 100 : (int)level);
    lua_insert(L, 1);
    size_t length;
    lua_tolstring(L, 2, &length);
    weir_charge(L, state_of(L), (int64_t)length >> 6);
    lua_concat(L, 2);
  }
  return lua_error(L);
}

static int base_assert(lua_State *L) {
  if (lua_toboolean(L, 1)) return lua_gettop(L);
  luaL_checkany(L, 1);
  lua_remove(L, 1);
  if (lua_gettop(L) == 0) return luaL_error(L, "assertion failed!");
  lua_settop(L, 1);
  return lua_error(L);
}

static int base_select(lua_State *L) {
  int count = lua_gettop(L);
  weir_charge(L, state_of(L), count);
  if (lua_type(L, 1) == LUA_TSTRING && lua_tostring(L, 1)[0] == '#') return lua_pushinteger(L, count - 1), 1;
  lua_Integer from = luaL_checkinteger(L, 1);
  if (from < 0) from = count + from;
  else if (from > count) from = count;
  luaL_argcheck(L, from >= 1, 1, "index out of range");
  return count - (int)from;
}

enum { LOG_TEXT = 400, LOG_BYTES = 1 << 20 };

/// Which of the lines at hand comes first: the row that runs, or how many were written; -1 where workers share rows in
/// other ways each time.
static int64_t log_order(weir_state *S) {
  if (S->batch && (S->batch->mode == WEIR_MAP || S->batch->mode == WEIR_FOLD)) return S->batch->row;
  return S->source || S->exporting || (S->batch && S->batch->mode == WEIR_WHOLE) ? S->logged++ : -1;
}

/// `log(…)`: a line for the run's report, with the place that wrote it. What passes a limit is counted and left out.
static int base_log(lua_State *L) {
  weir_state *S = state_of(L);
  int count = lua_gettop(L);
  char text[LOG_TEXT + 8];
  size_t length = 0;
  for (int i = 1; i <= count && length < LOG_TEXT; i++) {
    lua_pushcfunction(L, weir_tostring);
    lua_pushvalue(L, i);
    lua_call(L, 1, 1);
    size_t more, room = LOG_TEXT - length;
    const char *part = lua_tolstring(L, -1, &more);
    if (i > 1) text[length++] = ' ';
    length += weir_copy_clean(text + length, room + 4, part, more);
    lua_pop(L, 1);
  }
  weir_charge(L, S, 20);
  lua_Debug caller;
  int line = 0;
  const char *source = "";
  if (lua_getstack(L, 1, &caller) && lua_getinfo(L, "Sl", &caller) && caller.currentline > 0) {
    line = caller.currentline;
    source = caller.source[0] == '@' ? caller.source + 1 : caller.source;
  }
  size_t needed = S->log_length + strlen(source) + length + 56;
  if (needed > LOG_BYTES) {
    S->log_lost++;
    return 0;
  }
  if (needed > S->log_capacity) {
    char *larger = realloc(S->log, needed * 2);
    if (!larger) weir_fail_memory(L, REFUSED_NOTHING);
    S->log = larger;
    S->log_capacity = needed * 2;
  }
  S->log_length += (size_t)snprintf(S->log + S->log_length, needed - S->log_length, "%s\x1f%d\x1f%lld\x1f%.*s\n", source, line,
                                    (long long)log_order(S), (int)length, text);
  return 0;
}

static int base_reject(lua_State *L) {
  luaL_checkstring(L, 1);
  lua_settop(L, 1);
  state_of(L)->rejecting = true;
  return lua_error(L);
}

/// Marks a definition file's table with its kind, the function's upvalue.
static int mark_kind(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_settop(L, 1);
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_setfield(L, 1, "kind");
  return 1;
}

static int mark_aggregate(lua_State *L) {
  int count = lua_gettop(L);
  lua_createtable(L, 0, 3);
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_setfield(L, -2, "aggregate");
  if (count > 0) {
    lua_pushvalue(L, 1);
    lua_setfield(L, -2, "input");
  }
  if (count > 1) {
    lua_createtable(L, count - 1, 0);
    for (int i = 2; i <= count; i++) {
      lua_pushvalue(L, i);
      lua_rawseti(L, -2, i - 1);
    }
    lua_setfield(L, -2, "parameters");
  }
  return 1;
}

/// A file may define globals while it loads itself; afterwards, and while another loads, they stay as they are.
static int define_global(lua_State *L) {
  weir_state *S = state_of(L);
  if (S->loading != (int32_t)lua_tointeger(L, lua_upvalueindex(2)))
    return luaL_error(L, "global '%s' is read-only: files define globals only while they load",
                      lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : "?");
  lua_settop(L, 3);
  lua_rawset(L, lua_upvalueindex(1));
  return 0;
}

/// Pushes a new file's globals, then the environment that shows them; gives the environment's number.
int32_t weir_push_environment(lua_State *L, weir_state *S) {
  lua_rawgeti(L, LUA_REGISTRYINDEX, S->library);
  if (!S->sealed) {
    static const char *const tables[] = {"string", "table", "math", "utf8"};
    S->sealed = true;
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
      lua_getfield(L, -1, tables[i]);
      weir_protect(L);
      lua_setfield(L, -2, tables[i]);
    }
  }
  lua_createtable(L, 0, 128);
  for (lua_pushnil(L); lua_next(L, -3);) {
    lua_pushvalue(L, -2);
    lua_insert(L, -2);
    lua_rawset(L, -4);
  }
  lua_remove(L, -2);
  lua_newtable(L);
  lua_createtable(L, 0, 3);
  lua_pushvalue(L, -3);
  lua_setfield(L, -2, "__index");
  lua_pushvalue(L, -3);
  lua_pushinteger(L, ++S->environments);
  lua_pushcclosure(L, define_global, 2);
  lua_setfield(L, -2, "__newindex");
  lua_pushboolean(L, 0);
  lua_setfield(L, -2, "__metatable");
  lua_setmetatable(L, -2);
  lua_rawgeti(L, LUA_REGISTRYINDEX, S->environment_set);
  lua_pushvalue(L, -2);
  lua_pushvalue(L, -4);
  lua_rawset(L, -3);
  lua_pop(L, 1);
  return S->environments;
}

static void add_library(lua_State *L, const char *name, void (*open)(lua_State *)) {
  lua_newtable(L);
  open(L);
  lua_setfield(L, -2, name);
}

void weir_open_environment(lua_State *L, weir_state *S) {
  static const luaL_Reg base[] = {
      {"type", base_type}, {"tostring", weir_tostring}, {"tonumber", base_tonumber}, {"pcall", base_pcall},
      {"xpcall", base_xpcall}, {"error", base_error}, {"assert", base_assert}, {"select", base_select},
      {"pairs", weir_pairs}, {"ipairs", weir_ipairs}, {"setmetatable", weir_setmetatable}, {"require", weir_require},
      {"log", base_log}, {"reject", base_reject}, {NULL, NULL}};
  static const char *const kinds[] = {"fee_rule", "metric", "fold", "func", "transform", "source", "export"};
  static const char *const aggregates[] = {"sum", "count", "count_distinct", "min", "max", "avg", "median", "quantile",
                                           "stddev", "variance", "first", "last", "arg_max", "any", "all", "list"};
  lua_newtable(L);
  luaL_setfuncs(L, base, 0);
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
    lua_pushstring(L, kinds[i]);
    lua_pushcclosure(L, mark_kind, 1);
    lua_setfield(L, -2, kinds[i]);
  }
  for (size_t i = 0; i < sizeof aggregates / sizeof *aggregates; i++) {
    lua_pushstring(L, aggregates[i]);
    lua_pushcclosure(L, mark_aggregate, 1);
    lua_setfield(L, -2, aggregates[i]);
  }
  add_library(L, "string", weir_open_strings);
  add_library(L, "table", weir_open_tables);
  add_library(L, "math", weir_open_maths);
  add_library(L, "utf8", weir_open_utf8);
  // Methods of texts: the library's functions, hidden from scripts.
  lua_pushliteral(L, "");
  lua_createtable(L, 0, 2);
  lua_getfield(L, -3, "string");
  weir_protect(L);
  lua_setfield(L, -2, "__index");
  lua_pushboolean(L, 0);
  lua_setfield(L, -2, "__metatable");
  lua_setmetatable(L, -2);
  lua_pop(L, 1);
  S->library = luaL_ref(L, LUA_REGISTRYINDEX);
}
