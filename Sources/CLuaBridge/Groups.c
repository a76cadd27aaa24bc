#include "bridge.h"

typedef struct {
  int32_t number, into, function;
  int64_t count;
  const int64_t *groups, *ends;
  const weir_value *nodes;
  int32_t made;
  weir_batch *batch;
} groups_request;

static int make_body(lua_State *L) {
  groups_request *request = lua_touserdata(L, 1);
  lua_createtable(L, 1, 0);
  request->made = luaL_ref(L, LUA_REGISTRYINDEX);
  return 0;
}

weir_status weir_groups_make(weir_state *S, int32_t *number) {
  weir_begin(S, 1);
  groups_request request = {0};
  weir_status status = weir_protected(S, make_body, &request);
  *number = request.made;
  return status;
}

static int drop_body(lua_State *L) {
  groups_request *request = lua_touserdata(L, 1);
  luaL_unref(L, LUA_REGISTRYINDEX, request->number);
  return 0;
}

weir_status weir_groups_drop(weir_state *S, int32_t number) {
  weir_begin(S, 1);
  groups_request request = {.number = number};
  return weir_protected(S, drop_body, &request);
}

static int import_body(lua_State *L) {
  weir_state *S = state_of(L);
  groups_request *request = lua_touserdata(L, 1);
  lua_rawgeti(L, LUA_REGISTRYINDEX, request->number);
  const weir_value *nodes = request->nodes;
  for (int64_t i = 0; i < request->count; i++) {
    S->steps_left = S->limits.steps;
    nodes += weir_push(L, S, nodes);
    lua_rawseti(L, -2, request->groups[i] + 1);
  }
  return 0;
}

weir_status weir_groups_import(weir_state *S, int32_t number, const int64_t *groups, int64_t count,
                               const weir_value *nodes) {
  weir_begin(S, count);
  groups_request request = {.number = number, .groups = groups, .count = count, .nodes = nodes};
  return weir_protected(S, import_body, &request);
}

/// Raises where a state is more than data: what it holds has to mean the same in another process.
static void check_plain(lua_State *L, weir_state *S, int depth) {
  static const char advice[] = "a metric's state is plain data (booleans, numbers, strings, decimals, dates, tables of "
                               "them)";
  int type = lua_type(L, -1);
  weir_object *object;
  switch (type) {
  case LUA_TFUNCTION: luaL_error(L, "the state holds a function, and %s", advice); break;
  case LUA_TUSERDATA:
    object = object_at(L, -1);
    if (object->kind < WEIR_DECIMAL || object->kind > WEIR_TIMESTAMP)
      luaL_error(L, "the state holds a %s, and %s", weir_type_name(L, -1), advice);
    break;
  case LUA_TTABLE: {
    if (depth > 30) luaL_error(L, "the state's tables are nested too deeply, or contain themselves");
    luaL_checkstack(L, 8, "tables are nested too deeply");
    bool is_view = weir_push_contents(L, -1);
    int contents = lua_gettop(L);
    if (!is_view && lua_getmetatable(L, contents))
      luaL_error(L, "the state holds a table with a metatable, and %s", advice);
    for (lua_pushnil(L); lua_next(L, contents); lua_pop(L, 1)) {
      weir_charge(L, S, 1);
      check_plain(L, S, depth + 1);
      int key = lua_type(L, -2);
      if (key != LUA_TSTRING && key != LUA_TNUMBER && key != LUA_TBOOLEAN)
        luaL_error(L, "the state holds a table with a %s as a key: keys are numbers, strings or booleans",
                   weir_type_name(L, -2));
    }
    lua_settop(L, contents - 1);
    break;
  }
  default: break;
  }
}

static int export_body(lua_State *L) {
  weir_state *S = state_of(L);
  groups_request *request = lua_touserdata(L, 1);
  S->status = WEIR_RESULT;
  lua_rawgeti(L, LUA_REGISTRYINDEX, request->number);
  for (int64_t i = 0; i < request->count; i++) {
    S->steps_left = S->limits.steps;
    lua_rawgeti(L, 2, i + 1);
    check_plain(L, S, 0);
    weir_read(L, S, -1, &S->reply, 0);
    lua_settop(L, 2);
  }
  return 0;
}

weir_status weir_groups_export(weir_state *S, int32_t number, int64_t count) {
  weir_begin(S, count);
  groups_request request = {.number = number, .count = count};
  return weir_protected(S, export_body, &request);
}

/// Takes the state of a group out of its table.
static void take(lua_State *L, weir_state *S, int table, int64_t group) {
  lua_rawgeti(L, table, group + 1);
  lua_pushnil(L);
  lua_rawseti(L, table, group + 1);
  S->status = WEIR_RESULT;
  check_plain(L, S, 0);
  S->status = WEIR_OK;
}

static int combine_body(lua_State *L) {
  weir_state *S = state_of(L);
  groups_request *request = lua_touserdata(L, 1);
  lua_rawgeti(L, LUA_REGISTRYINDEX, request->number);
  lua_rawgeti(L, LUA_REGISTRYINDEX, request->into);
  weir_push_function(L, S, request->function);
  int64_t unit = 0;
  for (int64_t group = 0; group < request->count; group++) {
    S->failed_row = group;
    if (unit == request->ends[group]) continue;
    S->steps_left = S->limits.steps;
    take(L, S, 2, unit++);
    for (; unit < request->ends[group]; unit++) {
      S->steps_left = S->limits.steps;
      lua_pushvalue(L, 4);
      lua_pushvalue(L, 5);
      take(L, S, 2, unit);
      lua_call(L, 2, 1);
      if (lua_isnil(L, -1)) lua_pop(L, 1); // merge has changed the first in place
      else lua_replace(L, 5);
    }
    lua_rawseti(L, 3, group + 1);
  }
  return 0;
}

weir_status weir_groups_combine(weir_state *S, int32_t number, int32_t into, int32_t merge, const int64_t *ends,
                                int64_t count) {
  weir_begin(S, count);
  groups_request request = {.number = number, .into = into, .function = merge, .ends = ends, .count = count};
  return weir_protected(S, combine_body, &request);
}

/// One row of results a group: finish(state); groups that no row stepped are finished from `initial`.
static int finish_body(lua_State *L) {
  weir_state *S = state_of(L);
  groups_request *request = lua_touserdata(L, 1);
  weir_batch *batch = request->batch;
  lua_rawgeti(L, LUA_REGISTRYINDEX, S->functions);
  lua_rawgeti(L, LUA_REGISTRYINDEX, request->number);
  int base = lua_gettop(L);
  S->function = batch->function;
  luaL_checkstack(L, batch->result_count + 20, "too many results");
  for (batch->row = 0; batch->row < batch->row_count; batch->row++) {
    S->failed_row = batch->row;
    weir_begin_row(L, S);
    lua_rawgeti(L, base - 1, batch->function);
    if (lua_rawgeti(L, base, batch->row + 1) == LUA_TNIL) {
      lua_pop(L, 1);
      lua_rawgeti(L, base - 1, request->function);
      lua_rawgeti(L, LUA_REGISTRYINDEX, S->library);
      lua_pushliteral(L, "settings");
      lua_rawget(L, -2);
      lua_remove(L, -2);
      lua_call(L, 1, 1);
    }
    lua_call(L, 1, batch->result_count);
    for (int r = 0; r < batch->result_count; r++) weir_append(L, S, &batch->results[r], base + 1 + r);
    lua_settop(L, base);
  }
  return 0;
}

weir_status weir_groups_finish(weir_state *S, int32_t number, int32_t initial, weir_batch *batch) {
  weir_begin(S, batch->row_count);
  groups_request request = {.number = number, .function = initial, .batch = batch};
  return weir_protected(S, finish_body, &request);
}
