#include <stdlib.h>

#include "bridge.h"

/// Hands the arguments to Swift, and pushes or raises what it left.
static int call_host(lua_State *L) {
  weir_state *S = state_of(L);
  int count = lua_gettop(L);
  int32_t number = (int32_t)lua_tointeger(L, lua_upvalueindex(1));
  weir_charge(L, S, 10 + count);
  weir_values_clear(&S->arguments);
  int32_t status = S->status;
  for (int i = 1; i <= count; i++) weir_read(L, S, i, &S->arguments, 0);
  S->status = status;
  weir_charge(L, S, (int64_t)S->arguments.count);
  bool done = S->host.call(S->host.context, number, S->arguments.items, S->arguments.count, count, &S->arguments);
  lua_settop(L, 0);
  if (done) {
    if (S->arguments.count == 0) return 0;
    weir_push(L, S, S->arguments.items);
    return 1;
  }
  luaL_where(L, 1);
  const char *message = S->arguments.count ? S->arguments.items[0].text : NULL;
  lua_pushstring(L, message ? message : "the host refused");
  lua_concat(L, 2);
  return lua_error(L);
}

typedef struct {
  const char *name;
  int32_t number;
  const weir_value *nodes;
} global_request;

static int add_body(lua_State *L) {
  weir_state *S = state_of(L);
  global_request *request = lua_touserdata(L, 1);
  lua_rawgeti(L, LUA_REGISTRYINDEX, S->library);
  const char *name = request->name, *dot = strchr(name, '.');
  if (dot) {
    lua_pushlstring(L, name, (size_t)(dot - name));
    lua_rawget(L, -2);
    name = dot + 1;
  }
  lua_pushstring(L, name);
  if (request->nodes) {
    weir_push(L, S, request->nodes);
    weir_freeze(L, S);
  } else {
    lua_pushinteger(L, request->number);
    lua_pushcclosure(L, call_host, 1);
  }
  lua_rawset(L, -3);
  return 0;
}

/// What the host sets up costs no script its steps.
static void begin_unlimited(weir_state *S) {
  weir_begin(S, 1);
  S->steps_left = S->batch_left = INT64_MAX / 2;
  S->deadline = 0;
}

weir_status weir_add_function(weir_state *S, const char *name, int32_t number) {
  begin_unlimited(S);
  global_request request = {name, number, NULL};
  return weir_protected(S, add_body, &request);
}

weir_status weir_set_global(weir_state *S, const char *name, const weir_value *nodes) {
  begin_unlimited(S);
  global_request request = {name, 0, nodes};
  return weir_protected(S, add_body, &request);
}
