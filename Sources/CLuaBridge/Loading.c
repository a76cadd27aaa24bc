#include <stdio.h>
#include <stdlib.h>

#include "bridge.h"

enum { SOURCE_LIMIT = 256 * 1024 };

typedef struct {
  char *bytes;
  size_t length;
} dump_target;

static int write_dump(lua_State *L, const void *piece, size_t size, void *context) {
  (void)L;
  dump_target *target = context;
  if (target->bytes) memcpy(target->bytes + target->length, piece, size);
  target->length += size;
  return 0;
}

/// Pushes the compiled form of the function at the top as a string of bytes (a userdata), and gives them.
static const char *push_dump(lua_State *L, size_t *length) {
  dump_target target = {NULL, 0};
  lua_dump(L, write_dump, &target, 0);
  char *bytes = lua_newuserdatauv(L, target.length + sizeof(weir_object), 0);
  memset(bytes, 0, sizeof(weir_object));
  bytes += sizeof(weir_object);
  lua_insert(L, -2);
  target = (dump_target){bytes, 0};
  lua_dump(L, write_dump, &target, 0);
  lua_insert(L, -2);
  *length = target.length;
  return bytes;
}

/// Refuses a file with the message at the top.
void weir_fail_syntax(lua_State *L, weir_state *S, const char *path) {
  S->status = WEIR_SYNTAX;
  snprintf(S->path, sizeof S->path, "%s", path);
  lua_error(L);
  abort(); // not reached: lua_error does not return
}

static void check_loaded(lua_State *L, weir_state *S, int code, const char *path) {
  if (code == LUA_ERRMEM) {
    weir_note_exhaustion(S);
    weir_fail(L, S->fatal, S->message);
  }
  if (code != LUA_OK) weir_fail_syntax(L, S, path);
}

static void refuse_chunk(lua_State *L, weir_state *S, const char *path, int line, const char *refusal) {
  lua_pushfstring(L, "%s:%d: %s", path, line, refusal);
  weir_fail_syntax(L, S, path);
}

/// Refuses the function at the top, which outlives the load of its file, where it assigns to a local around it: that
/// local would travel between rows.
void weir_check_survivor(lua_State *L, weir_state *S) {
  if (!S->assigns) return;
  int top = lua_gettop(L), line = 0;
  size_t length;
  luaL_checkstack(L, 12, NULL);
  lua_pushvalue(L, top);
  const char *bytes = push_dump(L, &length);
  weir_charge(L, S, (int64_t)length >> 4);
  const char *refusal = weir_survivor_refusal(L, S, bytes, length, &line);
  if (refusal) {
    lua_Debug about;
    lua_pushvalue(L, top);
    lua_getinfo(L, ">S", &about);
    refuse_chunk(L, S, about.source[0] == '@' ? about.source + 1 : about.source, line, refusal);
  }
  lua_settop(L, top);
}

/// Replaces the function at the top but one, whose compiled form the top is, by one with guards: [function, dump] ->
/// [guarded function].
static void load_guarded(lua_State *L, weir_state *S, const char *bytes, size_t length, const char *path) {
  size_t written;
  int line = 0;
  const char *refusal;
  char *guarded = weir_guarded(bytes, length, &written, &refusal, &line);
  if (!guarded) {
    if (refusal) refuse_chunk(L, S, path, line, refusal);
    weir_fail_memory(L, REFUSED_NOTHING);
  }
  int code = luaL_loadbufferx(L, guarded, written, path, "b");
  free(guarded);
  check_loaded(L, S, code, path);
  lua_replace(L, -3);
  lua_pop(L, 1);
  lua_rawgeti(L, LUA_REGISTRYINDEX, S->guard);
  lua_setupvalue(L, -2, 2);
}

/// Compiles, checks and runs one file in an environment of its own; leaves its value, frozen, and below it its globals.
void weir_load_chunk(lua_State *L, weir_state *S, const char *source, size_t length, const char *path) {
  luaL_checkstack(L, 20, NULL);
  char outer[sizeof S->chunk]; // the file that requires this one
  memcpy(outer, S->chunk, sizeof outer);
  snprintf(S->chunk, sizeof S->chunk, "%s", path);
  if (length > SOURCE_LIMIT) {
    lua_pushfstring(L, "the file has %d bytes: %d is the limit", (int)length, (int)SOURCE_LIMIT);
    weir_fail_syntax(L, S, path);
  }
  if (length > 0 && source[0] == LUA_SIGNATURE[0]) {
    lua_pushliteral(L, "the file is binary: only text is loaded");
    weir_fail_syntax(L, S, path);
  }
  weir_charge(L, S, (int64_t)length >> 3);
  const char *name = lua_pushfstring(L, "@%s", path);
  int code = luaL_loadbufferx(L, source, length, name, "t");
  check_loaded(L, S, code, path);
  lua_remove(L, -2);
  size_t dumped;
  const char *bytes = push_dump(L, &dumped);
  int line = 0;
  const char *refusal = weir_refusal(L, S, bytes, dumped, &line);
  if (refusal) refuse_chunk(L, S, path, line, refusal);
  load_guarded(L, S, bytes, dumped, path);
  int32_t loading = S->loading, environment = weir_push_environment(L, S); // function, globals, environment
  lua_pushvalue(L, -3);
  lua_insert(L, -2);
  lua_setupvalue(L, -2, 1);
  lua_remove(L, -3); // globals, function
  S->loading = environment;
  lua_call(L, 0, 1);
  S->loading = loading;
  weir_freeze(L, S);
  int globals = lua_gettop(L) - 1;
  for (lua_pushnil(L); lua_next(L, globals);) { // what the file added, not the library
    weir_freeze(L, S);
    lua_pop(L, 1);
  }
  lua_settop(L, globals + 1);
  if (outer[0]) memcpy(S->chunk, outer, sizeof outer);
}

int weir_require(lua_State *L) {
  weir_state *S = state_of(L);
  const char *name = luaL_checkstring(L, 1);
  lua_rawgeti(L, LUA_REGISTRYINDEX, S->modules_loaded);
  lua_pushvalue(L, 1);
  if (lua_rawget(L, 2) == LUA_TTABLE) {
    lua_rawgeti(L, -1, 1);
    return 1;
  }
  if (lua_isinteger(L, -1)) return luaL_error(L, "module '%s' requires itself", name);
  weir_module *module = S->modules;
  while (module && strcmp(module->name, name) != 0) module = module->next;
  if (!module) return luaL_error(L, "no module '%s' in this plugin", name);
  lua_pushvalue(L, 1);
  lua_pushinteger(L, ++S->requiring);
  lua_rawset(L, 2);
  char path[200];
  snprintf(path, sizeof path, "%.190s.lua", name);
  for (char *p = path; p[4]; p++)
    if (*p == '.') *p = '/';
  weir_load_chunk(L, S, module->source, module->length, path);
  S->requiring--;
  lua_createtable(L, 1, 0);
  lua_pushvalue(L, -2);
  lua_rawseti(L, -2, 1);
  lua_pushvalue(L, 1);
  lua_insert(L, -2);
  lua_rawset(L, 2);
  return 1;
}

/// Takes back modules that an error left half loaded: who asks again gets the same answer. Allocates nothing.
void weir_forget_modules(lua_State *L, weir_state *S, int32_t depth) {
  if (S->requiring <= depth || !lua_checkstack(L, 6)) return;
  S->requiring = depth;
  lua_rawgeti(L, LUA_REGISTRYINDEX, S->modules_loaded);
  for (lua_pushnil(L); lua_next(L, -2); lua_pop(L, 1)) {
    if (!lua_isinteger(L, -1) || lua_tointeger(L, -1) <= depth) continue;
    lua_pushvalue(L, -2);
    lua_pushnil(L);
    lua_rawset(L, -5);
  }
  lua_pop(L, 1);
}

void weir_add_module(weir_state *S, const char *name, const char *source, size_t length) {
  weir_module *module = calloc(1, sizeof *module);
  if (!module) return;
  module->name = strdup(name);
  module->source = malloc(length + 1);
  if (!module->name || !module->source) {
    free(module->name);
    free(module->source);
    free(module);
    return;
  }
  memcpy(module->source, source, length);
  module->length = length;
  module->next = S->modules;
  S->modules = module;
}

static bool look_at_function(lua_State *L, int function) {
  bool is_straight = false;
  const char *name;
  for (int i = 1; (name = lua_getupvalue(L, function, i)); i++) {
    int type = lua_type(L, -1);
    lua_pop(L, 1);
    if (type == LUA_TTABLE || type == LUA_TFUNCTION) return false;
    is_straight = !strcmp(name, WEIR_STRAIGHT); // the last says so
  }
  return is_straight;
}

/// Whether a function runs no instruction twice and can reach no code but its own, whatever its rows hold: it has no
/// loop, no call, and no outer table or function, whose operators could run. Such a function needs no counting.
bool weir_is_straight(lua_State *L, weir_state *S, int32_t number) {
  int32_t *known = &S->straight[number & 63];
  if (*known != number && *known != -number) {
    int top = lua_gettop(L);
    luaL_checkstack(L, 10, NULL);
    weir_push_function(L, S, number);
    *known = look_at_function(L, top + 1) ? number : -number;
    lua_settop(L, top);
  }
  return *known == number;
}

typedef struct {
  const char *source, *path;
  size_t length;
} load_request;

static int load_body(lua_State *L) {
  weir_state *S = state_of(L);
  load_request *request = lua_touserdata(L, 1);
  weir_load_chunk(L, S, request->source, request->length, request->path);
  lua_pushvalue(L, -2);
  lua_rawseti(L, LUA_REGISTRYINDEX, S->globals);
  weir_read(L, S, -1, &S->reply, 0);
  return 0;
}

weir_status weir_load(weir_state *S, const char *source, size_t length, const char *path) {
  weir_begin(S, 1);
  S->loading = 0;
  load_request request = {source, path, length};
  weir_status status = weir_protected(S, load_body, &request);
  S->loading = 0;
  return status;
}

static int global_body(lua_State *L) {
  weir_state *S = state_of(L);
  lua_rawgeti(L, LUA_REGISTRYINDEX, S->globals);
  if (lua_istable(L, -1)) {
    lua_pushstring(L, lua_touserdata(L, 1));
    lua_rawget(L, -2);
  } else {
    lua_pushnil(L);
  }
  weir_read(L, S, -1, &S->reply, 0);
  return 0;
}

weir_status weir_global(weir_state *S, const char *name) {
  weir_begin(S, 1);
  return weir_protected(S, global_body, (void *)name);
}

typedef struct {
  int32_t function, count;
  const weir_value *nodes;
} call_request;

static int call_body(lua_State *L) {
  weir_state *S = state_of(L);
  call_request *request = lua_touserdata(L, 1);
  weir_push_function(L, S, request->function);
  const weir_value *nodes = request->nodes;
  luaL_checkstack(L, request->count + 8, "too many arguments");
  for (int i = 0; i < request->count; i++) nodes += weir_push(L, S, nodes);
  lua_call(L, request->count, LUA_MULTRET);
  int count = lua_gettop(L);
  for (int i = 2; i <= count; i++) weir_read(L, S, i, &S->reply, 0);
  return 0;
}

weir_status weir_call(weir_state *S, int32_t function, const weir_value *nodes, int32_t count) {
  weir_begin(S, 1);
  call_request request = {function, count, nodes};
  return weir_protected(S, call_body, &request);
}

static int upvalues_body(lua_State *L) {
  weir_state *S = state_of(L);
  call_request *request = lua_touserdata(L, 1);
  weir_push_function(L, S, request->function);
  int function = lua_gettop(L);
  lua_newtable(L);
  const char *name;
  for (int i = 1; (name = lua_getupvalue(L, function, i)); i++) {
    if (strcmp(name, "_ENV") == 0 || name[0] == '(') lua_pop(L, 1);
    else lua_setfield(L, -2, name);
  }
  weir_read(L, S, -1, &S->reply, 0);
  return 0;
}

weir_status weir_upvalues(weir_state *S, int32_t function) {
  weir_begin(S, 1);
  call_request request = {function, 0, NULL};
  return weir_protected(S, upvalues_body, &request);
}

static int bytecode_body(lua_State *L) {
  weir_state *S = state_of(L);
  call_request *request = lua_touserdata(L, 1);
  weir_push_function(L, S, request->function);
  size_t length;
  const char *bytes = push_dump(L, &length);
  weir_values_append(&S->reply, (weir_value){.kind = WEIR_STRING, .text = bytes, .length = length});
  return 0;
}

weir_status weir_bytecode(weir_state *S, int32_t function) {
  weir_begin(S, 1);
  call_request request = {function, 0, NULL};
  return weir_protected(S, bytecode_body, &request);
}
