#include <stdlib.h>
#include <time.h>

#include "bridge.h"

double weir_clock(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

/// Marks the state as lost, then raises: own pcall and xpcall pass it on.
void weir_fail(lua_State *L, int32_t status, const char *message) {
  weir_state *S = state_of(L);
  if (!S->fatal) S->fatal = status;
  luaL_error(L, "%s", message);
  abort(); // not reached: luaL_error does not return
}

static void check_clock(lua_State *L, weir_state *S) {
  S->since_clock = 0;
  if (S->cancelled && weir_flag_is_raised(S->cancelled)) weir_fail(L, WEIR_DEADLINE, "cancelled");
  if (S->deadline > 0 && weir_clock() > S->deadline) weir_fail(L, WEIR_DEADLINE, "deadline passed: time limit");
}

void weir_charge(lua_State *L, weir_state *S, int64_t steps) {
  S->steps_left -= steps;
  S->batch_left -= steps;
  S->steps_used += steps;
  S->since_clock += steps;
  if (S->fatal) weir_fail(L, S->fatal, "a limit was passed before");
  if (S->steps_left < 0 || S->batch_left < 0) weir_fail(L, WEIR_INSTRUCTIONS, "instruction limit passed");
  if (S->since_clock > 20000) check_clock(L, S);
}

enum { HOOK_PERIOD = 1000 };

static void on_count(lua_State *L, lua_Debug *activation) {
  weir_state *S = state_of(L);
  if (activation->event == LUA_HOOKLINE) {
    weir_note_line(L, S, activation);
    return;
  }
  S->since_clock = 1 << 30; // the clock is cheap beside a thousand instructions
  weir_charge(L, S, HOOK_PERIOD);
}

/// Counts what Lua holds. A refusal makes Lua collect and ask again, so it is charged.
static void *allocate(void *context, void *block, size_t old_size, size_t new_size) {
  weir_state *S = context;
  if (new_size == 0) {
    if (block) S->used -= (int64_t)old_size;
    free(block);
    return NULL;
  }
  int64_t growth = (int64_t)new_size - (block ? (int64_t)old_size : 0);
  if (growth > 0) {
    int64_t charge = growth >> 6;
    S->steps_left -= charge;
    S->batch_left -= charge;
    S->steps_used += charge;
    if ((int64_t)new_size > S->limits.block || S->used + growth > S->limits.memory) {
      S->steps_left -= S->used >> 5;
      S->batch_left -= S->used >> 5;
      return NULL;
    }
  }
  void *result = realloc(block, new_size);
  if (result) S->used += growth;
  return result;
}

void weir_begin(weir_state *S, int64_t rows) {
  S->steps_left = S->limits.steps;
  int64_t batch = S->limits.batch_steps;
  S->batch_left = rows > 1 && batch > S->limits.steps ? batch : S->limits.steps;
  S->steps_used = 0;
  S->since_clock = 0;
  S->deadline = S->limits.seconds > 0 ? weir_clock() + S->limits.seconds : 0;
  S->status = WEIR_OK;
  S->rejecting = false;
  S->line = 0;
  S->loading = 0;
  S->failed_row = -1;
  S->message[0] = S->path[0] = S->traceback[0] = 0;
  weir_values_clear(&S->reply);
}

static int on_panic(lua_State *L) {
  (void)L;
  return 0; // not reached: every entry is protected
}

static int open_all(lua_State *L) {
  weir_state *S = state_of(L);
  lua_newtable(L);
  S->functions = luaL_ref(L, LUA_REGISTRYINDEX);
  lua_newtable(L);
  S->numbers = luaL_ref(L, LUA_REGISTRYINDEX);
  lua_newtable(L);
  S->modules_loaded = luaL_ref(L, LUA_REGISTRYINDEX);
  lua_newtable(L);
  S->names = luaL_ref(L, LUA_REGISTRYINDEX);
  lua_pushboolean(L, 0);
  S->results = luaL_ref(L, LUA_REGISTRYINDEX);
  lua_pushboolean(L, 0);
  S->globals = luaL_ref(L, LUA_REGISTRYINDEX);
  weir_open_objects(L, S);
  weir_open_environment(L, S);
  return 0;
}

weir_state *weir_create(weir_limits limits, weir_callbacks callbacks) {
  weir_state *S = calloc(1, sizeof *S);
  if (!S) return NULL;
  S->limits = limits;
  S->host = callbacks;
  weir_begin(S, 1);
  S->L = lua_newstate(allocate, S);
  if (!S->L) {
    free(S);
    return NULL;
  }
  *(weir_state **)lua_getextraspace(S->L) = S;
  lua_atpanic(S->L, on_panic);
  lua_pushcfunction(S->L, open_all);
  if (lua_pcall(S->L, 0, 0, 0) != LUA_OK) {
    weir_close(S);
    return NULL;
  }
  lua_sethook(S->L, on_count, LUA_MASKCOUNT, HOOK_PERIOD);
  return S;
}

void weir_cover(weir_state *S) { lua_sethook(S->L, on_count, LUA_MASKCOUNT | LUA_MASKLINE, HOOK_PERIOD); }

void weir_close(weir_state *S) {
  lua_sethook(S->L, NULL, 0, 0);
  lua_close(S->L);
  weir_forget_coverage(S);
  weir_values_clear(&S->reply);
  weir_values_clear(&S->arguments);
  free(S->reply.items);
  free(S->arguments.items);
  free(S->log);
  while (S->modules) {
    weir_module *next = S->modules->next;
    free(S->modules->name);
    free(S->modules->source);
    free(S->modules);
    S->modules = next;
  }
  free(S);
}

weir_flag *weir_flag_make(void) { return calloc(1, sizeof(weir_flag)); }
void weir_flag_raise(weir_flag *flag) { atomic_store_explicit(&flag->raised, 1, memory_order_relaxed); }
bool weir_flag_is_raised(const weir_flag *flag) {
  return atomic_load_explicit(&((weir_flag *)flag)->raised, memory_order_relaxed) != 0;
}
void weir_flag_free(weir_flag *flag) { free(flag); }
void weir_watch(weir_state *S, weir_flag *flag) { S->cancelled = flag; }
int64_t weir_steps_used(const weir_state *S) { return S->steps_used; }
size_t weir_memory_used(const weir_state *S) { return (size_t)S->used; }
size_t weir_log(const weir_state *S, const char **text, int64_t *lost) {
  *text = S->log;
  *lost = S->log_lost;
  return S->log_length;
}
void weir_log_clear(weir_state *S) {
  S->log_length = 0;
  S->log_lost = 0;
}
const weir_values *weir_reply(const weir_state *S) { return &S->reply; }
