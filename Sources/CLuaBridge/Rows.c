#include <stdlib.h>

#include "bridge.h"

static void map_rows(lua_State *L, weir_state *S, weir_batch *batch, const weir_frame *frame) {
  int base = lua_gettop(L), results = batch->result_count;
  for (; batch->row < batch->row_count; batch->row++) {
    weir_begin_row(L, S);
    lua_pushvalue(L, WEIR_BASE);
    weir_push_arguments(L, S, batch, frame);
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
  weir_push_function(L, S, batch->initial);
  lua_rawgeti(L, LUA_REGISTRYINDEX, S->library);
  lua_pushliteral(L, "settings");
  lua_rawget(L, -2);
  lua_remove(L, -2);
  lua_call(L, 1, 1);
}

static void step_rows(lua_State *L, weir_state *S, weir_batch *batch, const weir_frame *frame) {
  lua_rawgeti(L, LUA_REGISTRYINDEX, batch->groups);
  int base = lua_gettop(L);
  for (; batch->row < batch->row_count; batch->row++) {
    weir_begin_row(L, S);
    lua_Integer group = (lua_Integer)batch->group_of_row[batch->row] + 1;
    if (lua_rawgeti(L, base, group) == LUA_TNIL) {
      push_initial(L, S, batch);
      lua_pushvalue(L, -1);
      lua_rawseti(L, base, group);
    }
    lua_settop(L, base);
    lua_pushvalue(L, WEIR_BASE);
    lua_rawgeti(L, base, group);
    weir_push_arguments(L, S, batch, frame);
    lua_call(L, batch->argument_count + 1, 1);
    if (lua_isnil(L, -1)) lua_pop(L, 1);
    else lua_rawseti(L, base, group);
  }
}

/// A key of an emitted row that is no output would be lost in silence.
static void check_emitted_keys(lua_State *L, weir_batch *batch, int contents) {
  for (lua_pushnil(L); lua_next(L, contents); lua_pop(L, 1)) {
    const char *key = lua_type(L, -2) == LUA_TSTRING ? lua_tostring(L, -2) : NULL;
    int r = 0;
    while (key && r < batch->result_count && strcmp(batch->results[r].name, key)) r++;
    if (!key || r == batch->result_count)
      luaL_error(L, "emit: there is no output '%s'", key ? key : weir_type_name(L, -2));
  }
}

static int emit(lua_State *L) {
  weir_state *S = state_of(L);
  weir_batch *batch = S->batch;
  if (lua_type(L, 1) != LUA_TTABLE) return luaL_error(L, "emit takes a table: emit { name = value }");
  if (lua_gettop(L) > 1) return luaL_error(L, "emit takes one row at a time");
  if (!batch || (batch->mode != WEIR_FOLD && batch->mode != WEIR_WHOLE))
    return luaL_error(L, "emit is for the rows of a fold or a transform, while it runs");
  lua_settop(L, 1);
  weir_push_contents(L, 1); // entries alone: no operator of the table runs between the values of a row
  check_emitted_keys(L, batch, 2);
  int64_t held = (int64_t)(batch->emitted_count * 16 * (size_t)(batch->result_count + 1));
  if (S->used + held > S->limits.memory) weir_fail_memory(L, REFUSED_MEMORY);
  if (batch->emitted_count == batch->emitted_capacity) {
    size_t capacity = batch->emitted_capacity ? batch->emitted_capacity * 2 : 256;
    int32_t *rows = realloc(batch->emitted_rows, capacity * sizeof *rows);
    if (!rows) weir_fail_memory(L, REFUSED_NOTHING);
    batch->emitted_rows = rows;
    batch->emitted_capacity = capacity;
  }
  weir_charge(L, S, 5 + batch->result_count);
  for (int r = 0; r < batch->result_count; r++) {
    lua_pushstring(L, batch->results[r].name);
    lua_rawget(L, 2);
    weir_append(L, S, &batch->results[r], -1);
    lua_pop(L, 1);
  }
  batch->emitted_rows[batch->emitted_count++] = batch->mode == WEIR_FOLD ? (int32_t)batch->row : 0;
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
  weir_begin_row(L, S);
  weir_push_function(L, S, batch->finish);
  lua_insert(L, -2);
  lua_pushcfunction(L, emit);
  lua_call(L, 2, 0);
  batch->row++;
}

static void fold_rows(lua_State *L, weir_state *S, weir_batch *batch, const weir_frame *frame) {
  lua_rawgeti(L, LUA_REGISTRYINDEX, batch->groups);
  int base = lua_gettop(L);
  for (; batch->row < batch->row_count; batch->row++) {
    int64_t key = batch->group_of_row[batch->row];
    if (batch->row == 0 || batch->group_of_row[batch->row - 1] != key) finish_key(L, S, batch, base);
    weir_begin_row(L, S);
    batch->row_emitted = batch->emitted_count;
    if (lua_rawgeti(L, base, 1) == LUA_TNIL) {
      push_initial(L, S, batch);
      lua_rawseti(L, base, 1);
    }
    lua_settop(L, base);
    lua_pushvalue(L, WEIR_BASE);
    lua_rawgeti(L, base, 1);
    weir_push_arguments(L, S, batch, frame);
    lua_pushcfunction(L, emit);
    lua_call(L, batch->argument_count + 2, 0);
    lua_settop(L, base);
  }
  if (batch->row_count > 0) finish_key(L, S, batch, base);
}

/// A field that a row of a whole table does not have: a column that is missing there, or none at all.
static int absent_field(lua_State *L) {
  weir_state *S = state_of(L);
  const weir_argument *argument = lua_touserdata(L, lua_upvalueindex(1));
  const char *name = lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : NULL;
  if (!S->batch || S->batch->arguments != argument) return 0;
  for (int i = 0; name && i < argument->column_count; i++)
    if (!strcmp(argument->names[i], name)) return 0;
  return luaL_error(L, "the row has no column '%s' to index", name ? name : weir_type_name(L, 2));
}

/// All rows as an array of tables, which are the script's to change.
static void push_rows(lua_State *L, weir_state *S, weir_batch *batch) {
  const weir_argument *argument = batch->arguments;
  luaL_checkstack(L, argument->column_count + 20, "too many columns");
  int names = lua_gettop(L) + 1;
  for (int i = 0; i < argument->column_count; i++) lua_pushstring(L, argument->names[i]);
  lua_createtable(L, 0, 3);
  lua_pushlightuserdata(L, (void *)argument);
  lua_pushcclosure(L, absent_field, 1);
  lua_setfield(L, -2, "__index");
  lua_pushboolean(L, 0);
  lua_setfield(L, -2, "__metatable");
  int metatable = lua_gettop(L);
  lua_createtable(L, (int)batch->row_count, 0);
  for (int64_t row = 0; row < batch->row_count; row++) {
    weir_charge(L, S, 1 + argument->column_count);
    lua_createtable(L, 0, argument->column_count);
    for (int i = 0; i < argument->column_count; i++) {
      lua_pushvalue(L, names + i);
      weir_push_cell(L, S, &argument->columns[i], row);
      lua_rawset(L, -3);
    }
    lua_pushvalue(L, metatable);
    lua_setmetatable(L, -2);
    lua_rawseti(L, -2, row + 1);
  }
  lua_replace(L, names);
  lua_settop(L, names);
}

/// The whole table in one call: `run(rows, emit)`.
static void transform_rows(lua_State *L, weir_state *S, weir_batch *batch) {
  S->steps_left = S->batch_left = S->limits.batch_steps;
  weir_push_function(L, S, batch->function);
  push_rows(L, S, batch);
  lua_pushcfunction(L, emit);
  lua_call(L, 2, 0);
}

static int run_body(lua_State *L) {
  weir_state *S = state_of(L);
  weir_batch *batch = lua_touserdata(L, 1);
  S->function = batch->function;
  if (batch->mode == WEIR_WHOLE) {
    transform_rows(L, S, batch);
    return 0;
  }
  weir_frame frame = {0};
  weir_prepare(L, S, batch, &frame);
  if (batch->mode == WEIR_MAP && !S->covers && weir_is_straight(L, S, batch->function)) weir_hook(S, false);
  switch (batch->mode) {
  case WEIR_MAP: map_rows(L, S, batch, &frame); break;
  case WEIR_STEP: step_rows(L, S, batch, &frame); break;
  default: fold_rows(L, S, batch, &frame); break;
  }
  weir_end_rows(L, batch, &frame);
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
      .status = S->status, .line = S->line, .row = row, .message = strdup(S->message), .path = strdup(S->path),
      .traceback = strdup(S->traceback)};
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
    if (batch->mode == WEIR_WHOLE || (status != WEIR_RUNTIME && status != WEIR_REJECTED)) break;
    if (batch->row >= batch->row_count) batch->row = batch->row_count - 1;
    if (batch->row < 0) break;
    pass_failure(S, batch);
    S->status = WEIR_OK;
    status = WEIR_OK;
    if (batch->row >= batch->row_count && batch->mode != WEIR_FOLD) break;
  }
  weir_hook(S, true);
  if (status == WEIR_OK) S->status = WEIR_OK;
  S->failed_row = status == WEIR_OK || batch->mode == WEIR_WHOLE ? -1 : batch->row;
  S->batch = NULL;
  return status;
}

void weir_batch_free(weir_batch *batch) {
  for (size_t i = 0; i < batch->failure_count; i++) {
    free((void *)batch->failures[i].message);
    free((void *)batch->failures[i].path);
    free((void *)batch->failures[i].traceback);
  }
  free(batch->failures);
  free(batch->emitted_rows);
}
