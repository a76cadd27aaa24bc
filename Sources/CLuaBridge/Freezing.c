#include "bridge.h"

const char weir_hidden_key = 0;

static int read_only(lua_State *L) {
  return luaL_error(L, "this table is read-only: it was frozen after load, because state is limited to one row");
}

static int frozen_length(lua_State *L) {
  weir_push_contents(L, 1);
  lua_pushinteger(L, (lua_Integer)lua_rawlen(L, -1));
  return 1;
}

/// Pushes the globals of a file's environment, which guards itself but not what they hold; false where it is none.
static bool push_globals(lua_State *L, weir_state *S, int table) {
  lua_rawgeti(L, LUA_REGISTRYINDEX, S->environment_set);
  lua_pushvalue(L, table);
  bool is_one = lua_rawget(L, -2) == LUA_TTABLE;
  lua_remove(L, -2);
  if (!is_one) lua_pop(L, 1);
  return is_one;
}

/// Makes the empty table at the top a read-only view of the table below it, which it replaces: [contents, view] -> [view].
static void view_contents(lua_State *L) {
  int view = lua_gettop(L), contents = view - 1;
  lua_createtable(L, 0, 6);
  if (lua_getmetatable(L, contents)) { // operators stay
    for (lua_pushnil(L); lua_next(L, -2);) {
      lua_pushvalue(L, -2);
      lua_insert(L, -2);
      lua_rawset(L, view + 1);
    }
    lua_pop(L, 1);
  }
  lua_pushvalue(L, contents);
  lua_setfield(L, -2, "__index");
  lua_pushcfunction(L, read_only);
  lua_setfield(L, -2, "__newindex");
  lua_pushcfunction(L, frozen_length);
  lua_setfield(L, -2, "__len");
  lua_pushboolean(L, 0);
  lua_setfield(L, -2, "__metatable");
  lua_pushvalue(L, contents);
  lua_rawsetp(L, -2, &weir_hidden_key);
  lua_setmetatable(L, view);
  lua_remove(L, contents);
}

/// Replaces the table at the top by a read-only view of it.
void weir_protect(lua_State *L) {
  lua_newtable(L);
  view_contents(L);
}

static void freeze(lua_State *L, weir_state *S, int visited, int depth);

static void freeze_table(lua_State *L, weir_state *S, int visited, int depth) {
  int table = lua_gettop(L);
  if (lua_getmetatable(L, table)) {
    bool is_frozen = lua_rawgetp(L, -1, &weir_hidden_key) != LUA_TNIL;
    lua_pop(L, 1);
    if (!is_frozen) { // what its operators reach; of an environment, what the file defined
      bool is_environment = push_globals(L, S, table);
      int values = lua_gettop(L);
      for (lua_pushnil(L); lua_next(L, values); lua_pop(L, 1)) freeze(L, S, visited, depth + 1);
      is_frozen = is_environment;
    }
    lua_settop(L, table);
    if (is_frozen) return;
  }
  lua_newtable(L);
  int contents = lua_gettop(L);
  for (lua_pushnil(L); lua_next(L, table); lua_pop(L, 1)) {
    weir_charge(L, S, 4);
    freeze(L, S, visited, depth + 1);
    lua_pushvalue(L, -2);
    lua_pushvalue(L, -2);
    lua_rawset(L, contents);
    lua_pushvalue(L, -2);
    lua_pushnil(L);
    lua_rawset(L, table);
  }
  if (lua_getmetatable(L, table)) lua_setmetatable(L, contents);
  lua_pushvalue(L, table);
  view_contents(L);
  lua_settop(L, table);
}

static void freeze(lua_State *L, weir_state *S, int visited, int depth) {
  int type = lua_type(L, -1), index = lua_gettop(L);
  if (type != LUA_TTABLE && type != LUA_TFUNCTION) return;
  luaL_checkstack(L, 24, "tables are nested too deeply");
  if (depth > 60) luaL_error(L, "tables are nested too deeply");
  lua_pushvalue(L, index);
  if (lua_rawget(L, visited) != LUA_TNIL) {
    lua_settop(L, index);
    return;
  }
  lua_pop(L, 1);
  lua_pushvalue(L, index);
  lua_pushboolean(L, 1);
  lua_rawset(L, visited);
  if (type == LUA_TTABLE) {
    freeze_table(L, S, visited, depth);
  } else if (lua_iscfunction(L, index)) {
    if (weir_is_iterator(L, index))
      luaL_error(L, "an iterator of pairs or gmatch is kept after the file is loaded: its place would travel between rows, "
                    "and state is limited to one row");
  } else {
    weir_check_survivor(L, S);
    for (int i = 1; lua_getupvalue(L, index, i); i++) {
      freeze(L, S, visited, depth + 1);
      lua_settop(L, index);
    }
  }
  lua_settop(L, index);
}

/// Freezes what the value at the top reaches, in place: through entries, and through the upvalues of functions.
void weir_freeze(lua_State *L, weir_state *S) {
  lua_newtable(L);
  lua_insert(L, -2);
  freeze(L, S, lua_gettop(L) - 1, 0);
  lua_remove(L, -2);
}
