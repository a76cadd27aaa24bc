#include "bridge.h"

/// Pushes the value of one row of a column.
void weir_push_cell(lua_State *L, weir_state *S, const weir_column *column, int64_t row) {
  if (column->present && !column->present[row]) {
    lua_pushnil(L);
    return;
  }
  switch (column->kind) {
  case WEIR_BOOL: lua_pushboolean(L, ((const uint8_t *)column->values)[row]); break;
  case WEIR_INT: lua_pushinteger(L, ((const int64_t *)column->values)[row]); break;
  case WEIR_FLOAT: lua_pushnumber(L, ((const double *)column->values)[row]); break;
  case WEIR_DECIMAL: {
    const uint64_t *halves = (const uint64_t *)column->values + row * 2;
    weir_push_object(L, S, WEIR_DECIMAL, column->scale, (int64_t)halves[1], halves[0]);
    break;
  }
  case WEIR_STRING: {
    int64_t start = row ? column->ends[row - 1] : 0;
    lua_pushlstring(L, (const char *)column->values + start, (size_t)(column->ends[row] - start));
    break;
  }
  case WEIR_DATE: weir_push_object(L, S, WEIR_DATE, 0, ((const int32_t *)column->values)[row], 0); break;
  case WEIR_TIMESTAMP: weir_push_object(L, S, WEIR_TIMESTAMP, 0, ((const int64_t *)column->values)[row], 0); break;
  case WEIR_LIST: {
    int64_t start = row ? column->ends[row - 1] : 0;
    lua_createtable(L, (int)(column->ends[row] - start), 0);
    for (int64_t i = start; i < column->ends[row]; i++) {
      weir_push_cell(L, S, column->element, i);
      lua_rawseti(L, -2, i - start + 1);
    }
    break;
  }
  default: lua_pushnil(L);
  }
}

/// A column that no script names by a constant, read when it is asked for; or one that is missing in this row.
static int read_column(lua_State *L) {
  weir_state *S = state_of(L);
  const weir_argument *argument = lua_touserdata(L, lua_upvalueindex(1));
  if (!S->batch || argument < S->batch->arguments || argument >= S->batch->arguments + S->batch->argument_count)
    return luaL_error(L, "a row is gone once its batch is");
  const char *name = lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : NULL;
  for (int i = 0; name && i < argument->column_count; i++) {
    if (strcmp(argument->names[i], name)) continue;
    weir_push_cell(L, S, &argument->columns[i], S->batch->row);
    return 1;
  }
  return luaL_error(L, "the row has no column '%s' to index", name ? name : weir_type_name(L, 2));
}

static int refuse_write(lua_State *L) { return luaL_error(L, "a row is read-only"); }

static const char passed_key = 0;

static int refuse_passed(lua_State *L) {
  return luaL_error(L, "a row is gone once the next one comes: keep its values and not the row, as in state.x = row.x");
}

/// What becomes of a row that a script kept: its fields are another row's by now, so all that is left is a message.
static void add_passed(lua_State *L, int metatable) {
  lua_createtable(L, 0, 4);
  lua_pushcfunction(L, refuse_passed);
  lua_setfield(L, -2, "__index");
  lua_pushcfunction(L, refuse_passed);
  lua_setfield(L, -2, "__newindex");
  lua_pushliteral(L, "row");
  lua_setfield(L, -2, "__name");
  lua_pushboolean(L, 0);
  lua_setfield(L, -2, "__metatable");
  lua_rawsetp(L, metatable, &passed_key);
}

/// Takes its fields from the row object of a slot; leaves the metatable that it had.
static void pass_row(lua_State *L, int slot) {
  lua_getmetatable(L, slot);
  lua_rawgetp(L, -1, &passed_key);
  lua_setmetatable(L, slot);
}

/// The last row of a batch passes like those before it: what a script kept does not depend on where batches end.
void weir_end_rows(lua_State *L, const weir_batch *batch, const weir_frame *frame) {
  for (int a = 0; a < batch->argument_count; a++)
    if (batch->arguments[a].kind == WEIR_ARGUMENT_ROW) {
      pass_row(L, frame->slots[a].first);
      lua_pop(L, 1);
    }
}

/// Where rows follow each other with a state between them, each is an object of its own over the shared fields.
static void renew_row(lua_State *L, int slot) {
  pass_row(L, slot);
  weir_object *row = lua_newuserdatauv(L, sizeof *row, 0);
  *row = (weir_object){.kind = WEIR_ROW};
  lua_insert(L, -2);
  lua_setmetatable(L, -2);
  lua_replace(L, slot);
}

/// ROW: pushes the object, the table of its fields, and the names that are set for each row.
static int push_row(lua_State *L, weir_state *S, const weir_argument *argument, int *columns) {
  weir_object *row = lua_newuserdatauv(L, sizeof *row, 0);
  *row = (weir_object){.kind = WEIR_ROW};
  lua_createtable(L, 0, argument->column_count); // fields
  lua_createtable(L, 0, 1);
  lua_pushlightuserdata(L, (void *)argument);
  lua_pushcclosure(L, read_column, 1);
  lua_setfield(L, -2, "__index");
  lua_setmetatable(L, -2);
  lua_createtable(L, 0, 4);
  lua_pushvalue(L, -2);
  lua_setfield(L, -2, "__index");
  lua_pushcfunction(L, refuse_write);
  lua_setfield(L, -2, "__newindex");
  lua_pushliteral(L, "row");
  lua_setfield(L, -2, "__name");
  lua_pushboolean(L, 0);
  lua_setfield(L, -2, "__metatable");
  add_passed(L, lua_gettop(L));
  lua_setmetatable(L, -3);
  lua_rawgeti(L, LUA_REGISTRYINDEX, S->names);
  int eager = 0, names = lua_gettop(L);
  luaL_checkstack(L, argument->column_count + 20, "too many columns");
  for (int i = 0; i < argument->column_count; i++) {
    lua_pushstring(L, argument->names[i]);
    lua_pushvalue(L, -1);
    bool named = lua_rawget(L, names) != LUA_TNIL;
    lua_pop(L, named ? 1 : 2);
    if (named) columns[eager++] = i;
  }
  lua_remove(L, names);
  return eager;
}

static void push_constants(lua_State *L, weir_state *S, const weir_argument *argument) {
  const weir_value *nodes = argument->nodes;
  if (argument->kind == WEIR_ARGUMENT_CONSTANT) {
    weir_push(L, S, nodes);
    weir_freeze(L, S);
    return;
  }
  lua_createtable(L, argument->constant_count, 0);
  for (int i = 0; i < argument->constant_count; i++) {
    nodes += weir_push(L, S, nodes);
    weir_freeze(L, S);
    lua_rawseti(L, -2, i + 1);
  }
}

/// Pushes what the function gets for the batch's row.
void weir_push_arguments(lua_State *L, weir_state *S, weir_batch *batch, const weir_frame *frame) {
  const int *columns = frame->columns;
  for (int a = 0; a < batch->argument_count; a++) {
    const weir_argument *argument = &batch->arguments[a];
    int first = frame->slots[a].first;
    switch (argument->kind) {
    case WEIR_ARGUMENT_ROW:
      if (batch->mode != WEIR_MAP) renew_row(L, first);
      for (int i = 0; i < frame->slots[a].eager; i++) {
        lua_pushvalue(L, first + 2 + i);
        weir_push_cell(L, S, &argument->columns[columns[i]], batch->row);
        lua_rawset(L, first + 1);
      }
      columns += argument->column_count;
      lua_pushvalue(L, first);
      break;
    case WEIR_ARGUMENT_COLUMN: weir_push_cell(L, S, argument->columns, batch->row); break;
    case WEIR_ARGUMENT_CONSTANT: lua_pushvalue(L, first); break;
    default: lua_rawgeti(L, first, argument->choices[batch->row] + 1); break;
    }
  }
}

/// Pushes a function by its number; raises where the state has none.
void weir_push_function(lua_State *L, weir_state *S, int32_t number) {
  lua_rawgeti(L, LUA_REGISTRYINDEX, S->functions);
  if (lua_rawgeti(L, -1, number) != LUA_TFUNCTION) luaL_error(L, "no function %d in this state", (int)number);
  lua_remove(L, -2);
}

/// Pushes the batch's function at `WEIR_BASE`, then what its arguments are made of.
void weir_prepare(lua_State *L, weir_state *S, weir_batch *batch, weir_frame *frame) {
  if (batch->argument_count > 64) luaL_error(L, "too many arguments");
  size_t columns = 1;
  for (int a = 0; a < batch->argument_count; a++) columns += (size_t)batch->arguments[a].column_count;
  weir_push_function(L, S, batch->function);
  char *memory = lua_newuserdatauv(L, sizeof(weir_object) + columns * sizeof(int), 0);
  memset(memory, 0, sizeof(weir_object));
  int *eager = frame->columns = (int *)(memory + sizeof(weir_object));
  for (int a = 0; a < batch->argument_count; a++) {
    const weir_argument *argument = &batch->arguments[a];
    frame->slots[a].first = lua_gettop(L) + 1;
    if (argument->kind == WEIR_ARGUMENT_ROW) {
      frame->slots[a].eager = push_row(L, S, argument, eager);
      eager += argument->column_count;
    } else if (argument->kind != WEIR_ARGUMENT_COLUMN) {
      push_constants(L, S, argument);
    }
  }
  luaL_checkstack(L, batch->argument_count * 2 + batch->result_count + 30, "too many arguments");
}
