#include "bridge.h"

typedef struct {
  int32_t number, function;
  int64_t group;
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

/// group = merge(group, other), or other where the group is new.
static int merge_body(lua_State *L) {
  weir_state *S = state_of(L);
  groups_request *request = lua_touserdata(L, 1);
  lua_rawgeti(L, LUA_REGISTRYINDEX, request->number);
  int base = lua_gettop(L);
  lua_rawgeti(L, LUA_REGISTRYINDEX, S->functions);
  lua_rawgeti(L, -1, request->function);
  if (lua_rawgeti(L, base, request->group + 1) == LUA_TNIL) {
    weir_push(L, S, request->nodes);
  } else {
    lua_pushvalue(L, -1);
    lua_insert(L, base + 1); // what stays, where merge changes it and gives nothing
    weir_push(L, S, request->nodes);
    lua_call(L, 2, 1);
    if (lua_isnil(L, -1)) lua_pushvalue(L, base + 1);
  }
  lua_rawseti(L, base, request->group + 1);
  return 0;
}

weir_status weir_groups_merge(weir_state *S, int32_t number, int32_t merge, int64_t group, const weir_value *other) {
  weir_begin(S, 1);
  groups_request request = {.number = number, .function = merge, .group = group, .nodes = other};
  return weir_protected(S, merge_body, &request);
}

static int export_body(lua_State *L) {
  weir_state *S = state_of(L);
  groups_request *request = lua_touserdata(L, 1);
  lua_rawgeti(L, LUA_REGISTRYINDEX, request->number);
  lua_rawgeti(L, -1, request->group + 1);
  weir_read(L, S, -1, &S->reply, 0);
  return 0;
}

weir_status weir_groups_export(weir_state *S, int32_t number, int64_t group) {
  weir_begin(S, 1);
  groups_request request = {.number = number, .group = group};
  return weir_protected(S, export_body, &request);
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
