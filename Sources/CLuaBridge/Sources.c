#include <stdlib.h>

#include "bridge.h"

enum { ROWS_AT_ONCE = 4096, BYTES_AT_ONCE = 16 << 20, ROWS_HELD = 1 << 18, STEPS_PER_BYTE = 64 };

static void free_refused(weir_source *source) {
  for (size_t i = 0; i < source->refused_count; i++) free((void *)source->refused[i].message);
  source->refused_count = 0;
}

/// Input that was read pays for the steps that work on it.
static void allow(weir_state *S, size_t bytes) {
  if (S->steps_left < S->limits.steps) S->steps_left = S->limits.steps;
  S->steps_left += (int64_t)bytes * STEPS_PER_BYTE;
}

/// The next bytes of the input; false at its end.
static bool refill(lua_State *L, weir_source *source) {
  if (source->place < source->length) return true;
  if (source->is_at_end) return false;
  int64_t count = source->more(source->context, &source->bytes);
  if (count < 0) luaL_error(L, "the input cannot be read");
  source->place = 0;
  source->length = (size_t)count;
  source->is_at_end = count == 0;
  if (source->position == 0 && count >= 3 && !memcmp(source->bytes, "\xEF\xBB\xBF", 3)) {
    source->place = 3;
    source->position = 3;
  }
  return source->place < source->length || (!source->is_at_end && refill(L, source));
}

/// Moves bytes from the input to what is carried over.
static void carry(lua_State *L, weir_state *S, weir_source *source, size_t count) {
  size_t needed = source->carried + count;
  if ((int64_t)needed > S->limits.block) weir_fail_memory(L, REFUSED_BLOCK);
  if (needed > source->carry_capacity) {
    char *larger = realloc(source->carry, needed * 2);
    if (!larger) weir_fail_memory(L, REFUSED_NOTHING);
    source->carry = larger;
    source->carry_capacity = needed * 2;
  }
  memcpy(source->carry + source->carried, source->bytes + source->place, count);
  source->carried = needed;
  source->place += count;
  source->position += (int64_t)count;
}

static weir_source *source_of(lua_State *L, const char *what) {
  weir_source *source = state_of(L)->source;
  if (!source) luaL_error(L, "%s is for the function 'rows' of a source, while it runs", what);
  return source;
}

/// Whether so much was read since the script went on that the host should have a look: its time limit is for less.
static bool is_due(lua_State *L, const weir_source *source) {
  return source->position - source->resumed > BYTES_AT_ONCE && lua_isyieldable(L);
}

static int next_line(lua_State *L);
static int read_bytes(lua_State *L);
static int go_on_with_line(lua_State *L, int status, lua_KContext context) {
  (void)status, (void)context;
  return next_line(L);
}
static int go_on_with_bytes(lua_State *L, int status, lua_KContext context) {
  (void)status, (void)context;
  return read_bytes(L);
}

/// `input.lines()`: the next line without its end, nil after the last.
static int next_line(lua_State *L) {
  weir_source *source = source_of(L, "input.lines");
  weir_state *S = state_of(L);
  if (is_due(L, source)) return lua_yieldk(L, 0, 0, go_on_with_line);
  if (!refill(L, source)) return lua_pushnil(L), 1;
  source->carried = 0;
  source->start = source->position;
  const char *end = NULL;
  do {
    const char *begin = source->bytes + source->place;
    end = memchr(begin, '\n', source->length - source->place);
    carry(L, S, source, end ? (size_t)(end - begin) + 1 : source->length - source->place);
  } while (!end && refill(L, source));
  source->line++;
  size_t length = source->carried - (end ? 1 : 0);
  if (length > 0 && source->carry[length - 1] == '\r') length--;
  allow(S, source->carried);
  lua_pushlstring(L, source->carry, length);
  return 1;
}

/// `input.read(count)`: so many bytes, fewer only at the end, nil after it.
static int read_bytes(lua_State *L) {
  weir_source *source = source_of(L, "input.read");
  weir_state *S = state_of(L);
  if (is_due(L, source)) return lua_yieldk(L, 0, 0, go_on_with_bytes);
  lua_Integer count = luaL_optinteger(L, 1, 65536);
  luaL_argcheck(L, count > 0, 1, "a number of bytes above 0");
  if (!refill(L, source)) return lua_pushnil(L), 1;
  source->carried = 0;
  source->start = source->position;
  while ((lua_Integer)source->carried < count && refill(L, source)) {
    size_t wanted = (size_t)count - source->carried, left = source->length - source->place;
    carry(L, S, source, wanted < left ? wanted : left);
  }
  for (size_t i = 0; i < source->carried; i++) source->line += source->carry[i] == '\n';
  allow(S, source->carried);
  lua_pushlstring(L, source->carry, source->carried);
  return 1;
}

/// Sets the row, or line, at hand aside, for a reason at the top of the stack.
static void refuse_row(lua_State *L, weir_state *S, weir_source *source, int32_t status) {
  if (source->refused_count == source->refused_capacity) {
    size_t capacity = source->refused_capacity ? source->refused_capacity * 2 : 16;
    weir_failure *refused = realloc(source->refused, capacity * sizeof *refused);
    if (!refused) weir_fail_memory(L, REFUSED_NOTHING);
    source->refused = refused;
    source->refused_capacity = capacity;
  }
  lua_Debug caller;
  int line = 0;
  if (lua_getstack(L, 1, &caller) && lua_getinfo(L, "l", &caller) && caller.currentline > 0) line = caller.currentline;
  size_t length;
  const char *text = lua_tolstring(L, -1, &length);
  if (!text) text = "no reason given";
  else if (length > 400) text = lua_pushfstring(L, "%s...", lua_pushlstring(L, text, 400));
  // A script may set one line aside as often as it likes: what is held of it counts as output.
  source->refused_bytes += (int64_t)(sizeof(weir_failure) + strlen(text));
  if (source->refused_bytes > S->limits.output) weir_fail_memory(L, REFUSED_OUTPUT);
  char *message = strdup(text);
  if (!message) weir_fail_memory(L, REFUSED_NOTHING);
  for (char *p = message; *p; p++)
    if ((unsigned char)*p < 32) *p = ' ';
  source->refused[source->refused_count++] =
      (weir_failure){.status = status, .line = line, .row = source->start, .message = message};
  weir_charge(L, S, 20);
}

static int reject_line(lua_State *L) {
  weir_source *source = source_of(L, "input.reject");
  luaL_checkstring(L, 1);
  lua_settop(L, 1);
  refuse_row(L, state_of(L), source, WEIR_REJECTED);
  return 0;
}

/// Appends the values of the row at index 1, or raises.
static int append_values(lua_State *L) {
  weir_state *S = state_of(L);
  weir_source *source = S->source;
  weir_push_contents(L, 1); // entries alone: no operator of the table runs between the values of a row
  for (lua_pushnil(L); lua_next(L, 2); lua_pop(L, 1)) {
    const char *key = lua_type(L, -2) == LUA_TSTRING ? lua_tostring(L, -2) : NULL;
    int r = 0;
    while (key && r < source->result_count && strcmp(source->results[r].name, key)) r++;
    if (!key || r == source->result_count) {
      S->status = WEIR_RESULT;
      luaL_error(L, "emit: there is no column '%s'", key ? key : weir_type_name(L, -2));
    }
  }
  for (int r = 0; r < source->result_count; r++) {
    lua_pushstring(L, source->results[r].name);
    lua_rawget(L, 2);
    weir_append(L, S, &source->results[r], -1);
    lua_pop(L, 1);
  }
  return 0;
}

/// `emit { name = value }`: a row; one with a value that its column cannot take is set aside.
static int emit_row(lua_State *L) {
  weir_source *source = source_of(L, "emit");
  weir_state *S = state_of(L);
  if (lua_type(L, 1) != LUA_TTABLE) return luaL_error(L, "emit takes a table: emit { name = value }");
  if (lua_gettop(L) > 1) return luaL_error(L, "emit takes one row at a time");
  weir_charge(L, S, 5 + source->result_count);
  if (source->row_count == source->start_capacity) {
    size_t capacity = source->start_capacity ? source->start_capacity * 2 : ROWS_AT_ONCE;
    int64_t *starts = realloc(source->starts, capacity * sizeof *starts);
    if (!starts) weir_fail_memory(L, REFUSED_NOTHING);
    source->starts = starts;
    source->start_capacity = capacity;
  }
  lua_pushcfunction(L, append_values);
  lua_pushvalue(L, 1);
  int code = lua_pcall(L, 1, 0, 0);
  if (code == LUA_ERRMEM) weir_note_exhaustion(S);
  if (code != LUA_OK) {
    if (S->fatal || S->status == WEIR_RESULT) return lua_error(L);
    for (int r = 0; r < source->result_count; r++) source->results[r].count = source->row_count;
    S->status = WEIR_OK;
    refuse_row(L, S, source, WEIR_RUNTIME);
  } else {
    source->starts[source->row_count++] = source->start;
  }
  size_t rows = source->row_count + source->refused_count;
  if (rows >= ROWS_AT_ONCE && lua_isyieldable(L)) return lua_yield(L, 0);
  if (rows >= ROWS_HELD)
    weir_fail(L, WEIR_MEMORY, "output limit passed: emit outside of pcall, so that rows can go on");
  return 0;
}

/// The thread of the script; at first the function and its arguments are on its stack.
static lua_State *thread_of(lua_State *L, weir_state *S, weir_source *source, int *arguments) {
  *arguments = 0;
  if (source->thread) {
    lua_rawgeti(L, LUA_REGISTRYINDEX, source->thread);
    return lua_tothread(L, -1);
  }
  lua_State *thread = lua_newthread(L);
  lua_pushvalue(L, -1);
  source->thread = luaL_ref(L, LUA_REGISTRYINDEX);
  weir_push_function(L, S, source->function);
  lua_createtable(L, 0, 4);
  lua_pushstring(L, source->name);
  lua_setfield(L, -2, "name");
  lua_pushcfunction(L, next_line);
  lua_setfield(L, -2, "lines");
  lua_pushcfunction(L, read_bytes);
  lua_setfield(L, -2, "read");
  lua_pushcfunction(L, reject_line);
  lua_setfield(L, -2, "reject");
  lua_pushcfunction(L, emit_row);
  lua_xmove(L, thread, 3);
  *arguments = 2;
  return thread;
}

typedef struct {
  weir_source *source;
  int code;
  int32_t status;
} next_request;

static int next_body(lua_State *L) {
  weir_state *S = state_of(L);
  next_request *request = lua_touserdata(L, 1);
  int arguments, results;
  lua_State *thread = thread_of(L, S, request->source, &arguments);
  S->steps_left = arguments ? S->limits.steps : request->source->steps; // rows alone do not pay for more rows
  request->source->resumed = request->source->position;
  S->thread = thread;
  int code = lua_resume(thread, L, arguments, &results);
  S->thread = NULL;
  request->source->steps = S->steps_left;
  if (code == LUA_YIELD) {
    lua_pop(thread, results);
  } else if (code == LUA_OK) {
    request->source->is_done = true;
    lua_pop(thread, results);
  } else {
    request->code = code;
    request->status = S->status;
    lua_settop(L, 0);
    lua_xmove(thread, L, 1);
    weir_describe_thread(L, S, thread);
  }
  return 0;
}

weir_status weir_source_next(weir_state *S, weir_source *source) {
  weir_begin(S, 2);
  free_refused(source);
  source->row_count = 0;
  S->source = source;
  next_request request = {source, LUA_OK, WEIR_OK};
  weir_status status = weir_protected(S, next_body, &request);
  S->source = NULL;
  if (status == WEIR_OK && request.code != LUA_OK) {
    S->status = request.status;
    status = weir_settle(S, request.code);
  }
  return status;
}

static int free_body(lua_State *L) {
  weir_source *source = lua_touserdata(L, 1);
  luaL_unref(L, LUA_REGISTRYINDEX, source->thread);
  return 0;
}

void weir_source_free(weir_state *S, weir_source *source) {
  if (source->thread && !S->fatal) {
    weir_begin(S, 1);
    weir_protected(S, free_body, source);
  }
  free_refused(source);
  free(source->refused);
  free(source->starts);
  free(source->carry);
}
