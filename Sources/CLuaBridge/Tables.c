#include "bridge.h"

/// Pushes the contents of the table at `index` for reading and gives their stack index.
static int contents_of(lua_State *L, int index) {
  luaL_checktype(L, index, LUA_TTABLE);
  weir_push_contents(L, index);
  return lua_gettop(L);
}

static void check_writable(lua_State *L, int index) {
  luaL_checktype(L, index, LUA_TTABLE);
  if (luaL_getmetafield(L, index, "__newindex") != LUA_TNIL) luaL_error(L, "this table is read-only");
}

static int table_insert(lua_State *L) {
  check_writable(L, 1);
  lua_Integer length = (lua_Integer)lua_rawlen(L, 1), position = length + 1;
  int count = lua_gettop(L);
  if (count == 3) {
    position = luaL_checkinteger(L, 2);
    luaL_argcheck(L, position >= 1 && position <= length + 1, 2, "position out of bounds");
  } else if (count != 2) {
    return luaL_error(L, "insert takes a table, perhaps a position, and a value");
  }
  weir_charge(L, state_of(L), 1 + length - position);
  for (lua_Integer i = length; i >= position; i--) {
    lua_rawgeti(L, 1, i);
    lua_rawseti(L, 1, i + 1);
  }
  lua_settop(L, count);
  lua_rawseti(L, 1, position);
  return 0;
}

static int table_remove(lua_State *L) {
  check_writable(L, 1);
  lua_Integer length = (lua_Integer)lua_rawlen(L, 1), position = luaL_optinteger(L, 2, length);
  if (length == 0 && (position == 0 || position == length)) return lua_pushnil(L), 1;
  luaL_argcheck(L, position >= 1 && position <= length + 1, 2, "position out of bounds");
  weir_charge(L, state_of(L), 1 + length - position);
  lua_rawgeti(L, 1, position);
  for (lua_Integer i = position; i < length; i++) {
    lua_rawgeti(L, 1, i + 1);
    lua_rawseti(L, 1, i);
  }
  lua_pushnil(L);
  lua_rawseti(L, 1, position < length ? length : position);
  return 1;
}

static int table_concat(lua_State *L) {
  size_t separator_length;
  const char *separator = luaL_optlstring(L, 2, "", &separator_length);
  lua_settop(L, 4);
  int table = contents_of(L, 1);
  lua_Integer from = luaL_optinteger(L, 3, 1), to = luaL_optinteger(L, 4, (lua_Integer)lua_rawlen(L, table));
  luaL_Buffer buffer;
  luaL_buffinit(L, &buffer);
  for (lua_Integer i = from; i <= to; i++) {
    int type = lua_rawgeti(L, table, i);
    if (type != LUA_TSTRING && type != LUA_TNUMBER)
      return luaL_error(L, "value %d is a %s: concat joins texts and numbers", (int)i, weir_type_name(L, -1));
    weir_charge(L, state_of(L), 2 + (int64_t)(lua_rawlen(L, -1) >> 4));
    luaL_addvalue(&buffer);
    if (i != to) luaL_addlstring(&buffer, separator, separator_length);
    if (i == LUA_MAXINTEGER) break;
  }
  luaL_pushresult(&buffer);
  return 1;
}

static int table_unpack(lua_State *L) {
  lua_settop(L, 3);
  int table = contents_of(L, 1);
  lua_Integer from = luaL_optinteger(L, 2, 1), to = luaL_optinteger(L, 3, (lua_Integer)lua_rawlen(L, table));
  if (from > to) return 0;
  lua_Unsigned count = (lua_Unsigned)to - (lua_Unsigned)from;
  if (count >= 10000) return luaL_error(L, "too many results to unpack");
  luaL_checkstack(L, (int)count + 2, "too many results to unpack");
  weir_charge(L, state_of(L), (int64_t)count + 1);
  for (lua_Unsigned i = 0; i <= count; i++) lua_rawgeti(L, table, from + (lua_Integer)i);
  return (int)count + 1;
}

static int table_pack(lua_State *L) {
  int count = lua_gettop(L);
  weir_charge(L, state_of(L), count);
  lua_createtable(L, count, 1);
  lua_insert(L, 1);
  for (int i = count; i >= 1; i--) lua_rawseti(L, 1, i);
  lua_pushinteger(L, count);
  lua_setfield(L, 1, "n");
  return 1;
}

static int table_move(lua_State *L) {
  lua_Integer from = luaL_checkinteger(L, 2), to = luaL_checkinteger(L, 3), at = luaL_checkinteger(L, 4);
  int target = lua_isnoneornil(L, 5) ? 1 : 5;
  check_writable(L, target);
  int source = contents_of(L, 1);
  if (to >= from) {
    luaL_argcheck(L, from > 0 || to < LUA_MAXINTEGER + from, 3, "too many elements to move");
    lua_Integer count = to - from + 1;
    luaL_argcheck(L, at <= LUA_MAXINTEGER - count + 1, 4, "destination wraps around");
    bool backwards = at > from && at <= to && lua_rawequal(L, source, target);
    for (lua_Integer i = 0; i < count; i++) {
      lua_Integer offset = backwards ? count - 1 - i : i;
      weir_charge(L, state_of(L), 1);
      lua_rawgeti(L, source, from + offset);
      lua_rawseti(L, target, at + offset);
    }
  }
  lua_pushvalue(L, target);
  return 1;
}

static bool comes_before(lua_State *L) { // the two values at the top
  bool before;
  if (lua_isnoneornil(L, 2)) {
    before = lua_compare(L, -2, -1, LUA_OPLT);
    lua_pop(L, 2);
  } else {
    lua_pushvalue(L, 2);
    lua_insert(L, -3);
    lua_call(L, 2, 1);
    before = lua_toboolean(L, -1);
    lua_pop(L, 1);
  }
  return before;
}

/// Merges the runs [from, middle) and [middle, to) of `source` into `target`; the left one wins ties.
static void merge_runs(lua_State *L, int source, int target, lua_Integer from, lua_Integer middle, lua_Integer to) {
  lua_Integer left = from, right = middle;
  for (lua_Integer out = from; out < to; out++) {
    weir_charge(L, state_of(L), 2);
    bool take_right = left >= middle;
    if (!take_right && right < to) {
      lua_rawgeti(L, source, right);
      lua_rawgeti(L, source, left);
      take_right = comes_before(L);
    }
    lua_rawgeti(L, source, take_right ? right++ : left++);
    lua_rawseti(L, target, out);
  }
}

/// Few values are sorted on the stack: each goes behind those that it does not come before.
static void sort_few(lua_State *L, int count) {
  luaL_checkstack(L, count + 8, "too many values to sort");
  for (int i = 1; i <= count; i++) {
    lua_rawgeti(L, 1, i);
    int low = 3, high = 2 + i; // its place is in [low, high]; the sorted ones stand from 3 on
    while (low < high) {
      int middle = (low + high) / 2;
      weir_charge(L, state_of(L), 2);
      bool before;
      if (lua_isnil(L, 2)) {
        before = lua_compare(L, 2 + i, middle, LUA_OPLT);
      } else {
        lua_pushvalue(L, 2);
        lua_pushvalue(L, 2 + i);
        lua_pushvalue(L, middle);
        lua_call(L, 2, 1);
        before = lua_toboolean(L, -1);
        lua_pop(L, 1);
      }
      if (before) high = middle;
      else low = middle + 1;
    }
    lua_insert(L, low);
  }
  for (int i = count; i >= 1; i--) lua_rawseti(L, 1, i);
}

/// Stable merge sort: equal elements keep their order, and a comparison that contradicts itself does no harm.
static int table_sort(lua_State *L) {
  check_writable(L, 1);
  if (!lua_isnoneornil(L, 2)) luaL_checktype(L, 2, LUA_TFUNCTION);
  lua_settop(L, 2);
  lua_Integer count = (lua_Integer)lua_rawlen(L, 1);
  weir_charge(L, state_of(L), count * 2 + 2);
  if (count <= 24) return sort_few(L, (int)count), 0;
  lua_createtable(L, (int)count, 0);
  lua_createtable(L, (int)count, 0);
  int source = 3, target = 4;
  for (lua_Integer i = 1; i <= count; i++) {
    lua_rawgeti(L, 1, i);
    lua_rawseti(L, source, i);
  }
  for (lua_Integer width = 1; width < count; width *= 2) {
    for (lua_Integer from = 1; from <= count; from += 2 * width) {
      lua_Integer middle = from + width <= count + 1 ? from + width : count + 1;
      lua_Integer to = from + 2 * width <= count + 1 ? from + 2 * width : count + 1;
      merge_runs(L, source, target, from, middle, to);
    }
    int other = source;
    source = target;
    target = other;
  }
  for (lua_Integer i = 1; i <= count; i++) {
    lua_rawgeti(L, source, i);
    lua_rawseti(L, 1, i);
  }
  return 0;
}

void weir_open_tables(lua_State *L) {
  static const luaL_Reg functions[] = {{"insert", table_insert}, {"remove", table_remove}, {"concat", table_concat},
                                       {"unpack", table_unpack}, {"pack", table_pack}, {"move", table_move},
                                       {"sort", table_sort}, {NULL, NULL}};
  luaL_setfuncs(L, functions, 0);
}
