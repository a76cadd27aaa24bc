#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bridge.h"

enum { BUFFER = 1 << 16 };

static weir_export *export_of(lua_State *L, const char *what) {
  weir_export *request = state_of(L)->exporting;
  if (!request) luaL_error(L, "%s is for the function 'write' of an export, while it runs", what);
  return request;
}

/// A field that a row does not have: a column that is missing there, or none at all.
static int absent_field(lua_State *L) {
  weir_export *request = state_of(L)->exporting;
  const char *name = lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : NULL;
  if (!request) return 0;
  for (int i = 0; name && i < request->rows->column_count; i++)
    if (!strcmp(request->rows->names[i], name)) return 0;
  return luaL_error(L, "the row has no column '%s' to index", name ? name : weir_type_name(L, 2));
}

/// `rows()`: the next row as a table of its own, nil after the last.
static int next_row(lua_State *L) {
  weir_export *request = export_of(L, "rows");
  weir_state *S = state_of(L);
  if (request->next == request->row_count) return lua_pushnil(L), 1;
  S->steps_left = S->limits.steps;
  const weir_argument *rows = request->rows;
  weir_charge(L, S, 1 + rows->column_count);
  lua_createtable(L, 0, rows->column_count);
  for (int i = 0; i < rows->column_count; i++) {
    lua_pushstring(L, rows->names[i]);
    weir_push_cell(L, S, &rows->columns[i], request->next);
    lua_rawset(L, -3);
  }
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_setmetatable(L, -2);
  request->next++;
  return 1;
}

static void flush(lua_State *L, weir_export *request) {
  size_t count = request->buffered;
  request->buffered = 0;
  if (count && !request->write(request->context, request->buffer, count)) luaL_error(L, "the output cannot be written");
}

/// Pushes a float with as many digits as read back to the same value: Lua's own 14 would change figures.
static void push_float(lua_State *L, lua_Number value, int place) {
  if (!isfinite(value)) luaL_error(L, "out takes numbers that are finite: value %d is %s", place, isnan(value) ? "not a number" : "infinite");
  char text[40];
  for (int digits = 15; digits <= 17; digits++) {
    snprintf(text, sizeof text - 2, "%.*g", digits, value);
    if (strtod(text, NULL) == value) break;
  }
  if (!text[strspn(text, "-0123456789")]) strcat(text, ".0");
  lua_pushstring(L, text);
}

/// `out(…)`: writes texts, and other values as `tostring` gives them.
static int write_values(lua_State *L) {
  weir_export *request = export_of(L, "out");
  weir_state *S = state_of(L);
  int count = lua_gettop(L);
  for (int i = 1; i <= count; i++) {
    int type = lua_type(L, i);
    if (type != LUA_TSTRING && type != LUA_TNUMBER && type != LUA_TBOOLEAN && type != LUA_TUSERDATA)
      return luaL_error(L, "out takes texts, numbers, booleans, decimals and dates: value %d is a %s", i,
                        weir_type_name(L, i));
    if (type == LUA_TNUMBER && !lua_isinteger(L, i)) {
      push_float(L, lua_tonumber(L, i), i);
    } else {
      lua_pushcfunction(L, weir_tostring);
      lua_pushvalue(L, i);
      lua_call(L, 1, 1);
    }
    size_t length;
    const char *text = lua_tolstring(L, -1, &length);
    request->written += (int64_t)length;
    if (request->written > S->limits.output) weir_fail(L, WEIR_MEMORY, "output limit passed");
    weir_charge(L, S, 2 + (int64_t)(length >> 4));
    while (length) {
      size_t room = BUFFER - request->buffered, taken = length < room ? length : room;
      memcpy(request->buffer + request->buffered, text, taken);
      request->buffered += taken;
      text += taken;
      length -= taken;
      if (request->buffered == BUFFER) flush(L, request);
    }
    lua_settop(L, count);
  }
  return 0;
}

static int run_body(lua_State *L) {
  weir_state *S = state_of(L);
  weir_export *request = lua_touserdata(L, 1);
  luaL_checkstack(L, request->rows->column_count + 20, "too many columns");
  weir_push_function(L, S, request->function);
  lua_createtable(L, 0, 2);
  lua_pushcfunction(L, absent_field);
  lua_setfield(L, -2, "__index");
  lua_pushboolean(L, 0);
  lua_setfield(L, -2, "__metatable");
  lua_pushcclosure(L, next_row, 1);
  lua_pushcfunction(L, write_values);
  lua_call(L, 2, 0);
  flush(L, request);
  return 0;
}

weir_status weir_export_run(weir_state *S, weir_export *request) {
  weir_begin(S, 2);
  S->exporting = request;
  request->buffer = malloc(BUFFER);
  weir_status status = WEIR_MEMORY;
  if (request->buffer) status = weir_protected(S, run_body, request);
  free(request->buffer);
  request->buffer = NULL;
  S->exporting = NULL;
  S->failed_row = status == WEIR_OK || request->next == 0 ? -1 : request->next - 1;
  return status;
}
