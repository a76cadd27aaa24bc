#include <stdlib.h>

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

enum { BASE = 2 }; // handler-free stack of a batch: 1 request, 2 function, then one slot (or two, for rows) an argument

typedef struct {
  int first; // stack index of the argument's own slots
  int eager; // ROW: how many columns are set for each row
} slot;

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

typedef struct {
  slot slots[64];
  int *columns; // a userdata on the stack: for each ROW argument, which columns are eager
} frame;

static void push_arguments(lua_State *L, weir_state *S, weir_batch *batch, const frame *frame) {
  const int *columns = frame->columns;
  for (int a = 0; a < batch->argument_count; a++) {
    const weir_argument *argument = &batch->arguments[a];
    int first = frame->slots[a].first;
    switch (argument->kind) {
    case WEIR_ARGUMENT_ROW:
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

static void push_function(lua_State *L, weir_state *S, int32_t number) {
  lua_rawgeti(L, LUA_REGISTRYINDEX, S->functions);
  if (lua_rawgeti(L, -1, number) != LUA_TFUNCTION) luaL_error(L, "no function %d in this state", (int)number);
  lua_remove(L, -2);
}

static void prepare(lua_State *L, weir_state *S, weir_batch *batch, frame *frame) {
  if (batch->argument_count > 64) luaL_error(L, "too many arguments");
  size_t columns = 1;
  for (int a = 0; a < batch->argument_count; a++) columns += (size_t)batch->arguments[a].column_count;
  push_function(L, S, batch->function);
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

static void map_rows(lua_State *L, weir_state *S, weir_batch *batch, const frame *frame) {
  int base = lua_gettop(L), results = batch->result_count;
  for (; batch->row < batch->row_count; batch->row++) {
    S->steps_left = S->limits.steps;
    lua_pushvalue(L, BASE);
    push_arguments(L, S, batch, frame);
    lua_call(L, batch->argument_count, results + 1);
    if (!lua_isnil(L, -1)) {
      S->status = WEIR_RESULT;
      luaL_error(L, "the script gave more than %d result%s", results, results == 1 ? "" : "s");
    }
    for (int r = 0; r < results; r++) weir_append(L, S, &batch->results[r], base + 1 + r);
    lua_settop(L, base);
  }
}

static void push_initial(lua_State *L, weir_state *S, weir_batch *batch) {
  push_function(L, S, batch->initial);
  lua_rawgeti(L, LUA_REGISTRYINDEX, S->library);
  lua_pushliteral(L, "settings");
  lua_rawget(L, -2);
  lua_remove(L, -2);
  lua_call(L, 1, 1);
}

static void step_rows(lua_State *L, weir_state *S, weir_batch *batch, const frame *frame) {
  lua_rawgeti(L, LUA_REGISTRYINDEX, batch->groups);
  int base = lua_gettop(L);
  for (; batch->row < batch->row_count; batch->row++) {
    S->steps_left = S->limits.steps;
    lua_Integer group = (lua_Integer)batch->group_of_row[batch->row] + 1;
    if (lua_rawgeti(L, base, group) == LUA_TNIL) {
      push_initial(L, S, batch);
      lua_pushvalue(L, -1);
      lua_rawseti(L, base, group);
    }
    lua_settop(L, base);
    lua_pushvalue(L, BASE);
    lua_rawgeti(L, base, group);
    push_arguments(L, S, batch, frame);
    lua_call(L, batch->argument_count + 1, 1);
    if (lua_isnil(L, -1)) lua_pop(L, 1);
    else lua_rawseti(L, base, group);
  }
}

static int emit(lua_State *L) {
  weir_state *S = state_of(L);
  weir_batch *batch = S->batch;
  luaL_checktype(L, 1, LUA_TTABLE);
  if (!batch || batch->mode != WEIR_FOLD) return luaL_error(L, "emit is for folds");
  if (batch->emitted_count == batch->emitted_capacity) {
    size_t capacity = batch->emitted_capacity ? batch->emitted_capacity * 2 : 256;
    int32_t *rows = realloc(batch->emitted_rows, capacity * sizeof *rows);
    if (!rows) weir_fail(L, WEIR_MEMORY, "memory limit passed");
    batch->emitted_rows = rows;
    batch->emitted_capacity = capacity;
  }
  weir_charge(L, S, 5 + batch->result_count);
  for (int r = 0; r < batch->result_count; r++) {
    lua_getfield(L, 1, batch->results[r].name);
    weir_append(L, S, &batch->results[r], -1);
    lua_pop(L, 1);
  }
  batch->emitted_rows[batch->emitted_count++] = (int32_t)batch->row;
  return 0;
}

/// Ends the key whose last row is the one before this: `finish(state, emit)`.
static void finish_key(lua_State *L, weir_state *S, weir_batch *batch, int base) {
  if (lua_rawgeti(L, base, 1) == LUA_TNIL) {
    lua_pop(L, 1);
    return;
  }
  lua_pushnil(L);
  lua_rawseti(L, base, 1); // before the call: a failure in it does not call it again
  if (!batch->finish) {
    lua_settop(L, base);
    return;
  }
  batch->row--;
  batch->row_emitted = batch->emitted_count;
  S->steps_left = S->limits.steps;
  push_function(L, S, batch->finish);
  lua_insert(L, -2);
  lua_pushcfunction(L, emit);
  lua_call(L, 2, 0);
  batch->row++;
}

static void fold_rows(lua_State *L, weir_state *S, weir_batch *batch, const frame *frame) {
  lua_rawgeti(L, LUA_REGISTRYINDEX, batch->groups);
  int base = lua_gettop(L);
  for (; batch->row < batch->row_count; batch->row++) {
    int64_t key = batch->group_of_row[batch->row];
    if (batch->row == 0 || batch->group_of_row[batch->row - 1] != key) finish_key(L, S, batch, base);
    S->steps_left = S->limits.steps;
    batch->row_emitted = batch->emitted_count;
    if (lua_rawgeti(L, base, 1) == LUA_TNIL) {
      push_initial(L, S, batch);
      lua_rawseti(L, base, 1);
    }
    lua_settop(L, base);
    lua_pushvalue(L, BASE);
    lua_rawgeti(L, base, 1);
    push_arguments(L, S, batch, frame);
    lua_pushcfunction(L, emit);
    lua_call(L, batch->argument_count + 2, 0);
    lua_settop(L, base);
  }
  if (batch->row_count > 0) finish_key(L, S, batch, base);
}

static int run_body(lua_State *L) {
  weir_state *S = state_of(L);
  weir_batch *batch = lua_touserdata(L, 1);
  frame frame = {0};
  prepare(L, S, batch, &frame);
  switch (batch->mode) {
  case WEIR_MAP: map_rows(L, S, batch, &frame); break;
  case WEIR_STEP: step_rows(L, S, batch, &frame); break;
  default: fold_rows(L, S, batch, &frame); break;
  }
  return 0;
}

static void note_failure(weir_state *S, weir_batch *batch, int64_t row) {
  if (batch->failure_count == batch->failure_capacity) {
    size_t capacity = batch->failure_capacity ? batch->failure_capacity * 2 : 16;
    weir_failure *failures = realloc(batch->failures, capacity * sizeof *failures);
    if (!failures) return;
    batch->failures = failures;
    batch->failure_capacity = capacity;
  }
  batch->failures[batch->failure_count++] = (weir_failure){
      .status = S->status, .line = S->line, .row = row, .message = strdup(S->message), .path = strdup(S->path)};
}

/// Leaves the failing row behind: a placeholder, or for a fold the rest of its key.
static void pass_failure(weir_state *S, weir_batch *batch) {
  note_failure(S, batch, batch->row);
  if (batch->mode == WEIR_MAP) {
    for (int r = 0; r < batch->result_count; r++) {
      batch->results[r].count = (size_t)batch->row;
      weir_append_placeholder(&batch->results[r]);
    }
  } else if (batch->mode == WEIR_FOLD) {
    batch->emitted_count = batch->row_emitted;
    for (int r = 0; r < batch->result_count; r++) batch->results[r].count = batch->row_emitted;
    if (S->status != WEIR_REJECTED) {
      lua_settop(S->L, 0);
      lua_rawgeti(S->L, LUA_REGISTRYINDEX, batch->groups);
      lua_pushnil(S->L);
      lua_rawseti(S->L, -2, 1); // a slot that exists: nothing is allocated
      lua_settop(S->L, 0);
      while (batch->row + 1 < batch->row_count &&
             batch->group_of_row[batch->row + 1] == batch->group_of_row[batch->row])
        note_failure(S, batch, ++batch->row);
    }
  }
  batch->row++;
}

/// Runs a batch: one protected call, and another for what follows each row that raised.
weir_status weir_run(weir_state *S, weir_batch *batch) {
  weir_begin(S, batch->row_count);
  S->batch = batch;
  batch->row = 0;
  weir_status status;
  for (;;) {
    status = weir_protected(S, run_body, batch);
    if (status != WEIR_RUNTIME && status != WEIR_REJECTED) break;
    if (batch->row >= batch->row_count) batch->row = batch->row_count - 1;
    if (batch->row < 0) break;
    pass_failure(S, batch);
    S->status = WEIR_OK;
    status = WEIR_OK;
    if (batch->row >= batch->row_count && batch->mode != WEIR_FOLD) break;
  }
  if (status == WEIR_OK) S->status = WEIR_OK;
  S->failed_row = status == WEIR_OK ? -1 : batch->row;
  S->batch = NULL;
  return status;
}

void weir_batch_free(weir_batch *batch) {
  for (size_t i = 0; i < batch->failure_count; i++) {
    free((void *)batch->failures[i].message);
    free((void *)batch->failures[i].path);
  }
  free(batch->failures);
  free(batch->emitted_rows);
}
