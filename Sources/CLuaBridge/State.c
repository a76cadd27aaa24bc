#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "bridge.h"

double weir_clock(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

/// Marks the state as lost and notes where, then raises: own pcall and xpcall pass it on.
void weir_fail(lua_State *L, int32_t status, const char *message) {
  weir_state *S = state_of(L);
  if (!S->fatal) {
    S->fatal = status;
    weir_note_place(L, S);
    snprintf(S->message, sizeof S->message, "%s", message);
  }
  lua_pushboolean(L, 0); // the message is noted: nothing is allocated here
  lua_error(L);
  abort(); // not reached: lua_error does not return
}

/// Marks the state as lost for the memory, block or output that something outside the allocator would take.
void weir_fail_memory(lua_State *L, int32_t refusal) {
  weir_state *S = state_of(L);
  if (!S->fatal) {
    S->refusal = refusal;
    weir_note_place(L, S);
    weir_note_exhaustion(S);
  }
  weir_fail(L, WEIR_MEMORY, S->message);
}

static void check_clock(lua_State *L, weir_state *S) {
  S->since_clock = 0;
  if (S->cancelled && weir_flag_is_raised(S->cancelled)) weir_fail(L, WEIR_DEADLINE, "cancelled");
  if (S->deadline <= 0 || weir_clock() <= S->deadline) return;
  char message[120];
  snprintf(message, sizeof message, "deadline passed: the time limit is %g s for a call or batch (limits: seconds)",
           S->limits.seconds);
  weir_fail(L, WEIR_DEADLINE, message);
}

static void fail_steps(lua_State *L, weir_state *S) {
  char message[120];
  if (S->steps_left < 0 || S->batch_limit <= S->limits.steps)
    snprintf(message, sizeof message, "instruction limit passed: %lld steps for a call or row (limits: steps)",
             (long long)S->limits.steps);
  else
    snprintf(message, sizeof message, "instruction limit passed: %lld steps for a batch (limits: batch_steps)",
             (long long)S->batch_limit);
  weir_fail(L, WEIR_INSTRUCTIONS, message);
}

/// What a charge comes to where a limit may have been passed, or the clock is to be read.
void weir_check_limits(lua_State *L, weir_state *S) {
  if (S->fatal) weir_fail(L, S->fatal, "a limit was passed before");
  if (S->steps_left < 0 || S->batch_left < 0) fail_steps(L, S);
  if (S->since_clock > 20000) check_clock(L, S);
}

static void on_count(lua_State *L, lua_Debug *activation) {
  weir_state *S = state_of(L);
  if (activation->event == LUA_HOOKLINE) {
    weir_note_line(L, S, activation);
    return;
  }
  if (S->period == LONGEST_PERIOD) S->since_clock = 1 << 30; // the clock is cheap beside a thousand instructions
  weir_charge(L, S, S->period);
}

static int hook_mask(const weir_state *S) { return S->covers ? LUA_MASKCOUNT | LUA_MASKLINE : LUA_MASKCOUNT; }

/// A row has its own steps, and pays for none of the instructions of the rows before it: counting begins anew.
void weir_begin_row(lua_State *L, weir_state *S) {
  S->steps_left = S->limits.steps;
  S->since_clock += 50;
  if (S->since_clock > 20000) check_clock(L, S);
  if (!S->unhooked) lua_sethook(L, on_count, hook_mask(S), S->period);
}

/// Turns counting off for a function that no value can make run long, or on again.
void weir_hook(weir_state *S, bool counts) {
  S->unhooked = !counts;
  if (counts) lua_sethook(S->L, on_count, hook_mask(S), S->period);
  else lua_sethook(S->L, NULL, 0, 0);
}

/// Whether the refused block is the stack of calls: 40 slots doubled again and again, and five more.
static bool is_stack(weir_state *S, const void *block, size_t new_size) {
  lua_Debug frame;
  if (block || new_size % 16 != 0 || !lua_getstack(S->thread ? S->thread : S->L, 100, &frame)) return false;
  size_t slots = new_size / 16 - 5;
  while (slots > 40 && slots % 2 == 0) slots /= 2;
  return slots == 40;
}

/// Notes what was refused and where. Lua collects its garbage and asks once more, so this may be for nothing.
static void note_refusal(weir_state *S, const void *block, size_t new_size) {
  bool passes_block = (int64_t)new_size > S->limits.block;
  lua_State *L = S->thread ? S->thread : S->L;
  lua_Debug frame;
  if (!lua_getstack(L, 0, &frame)) return; // the stack of calls that have failed, which Lua makes smaller
  S->refusal = !passes_block ? REFUSED_MEMORY : is_stack(S, block, new_size) ? REFUSED_STACK : REFUSED_BLOCK;
  weir_note_place(L, S);
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
      if (S->L && !S->fatal) note_refusal(S, block, new_size);
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
  S->batch_limit = rows > 1 && batch > S->limits.steps ? batch : S->limits.steps;
  S->batch_left = S->batch_limit;
  S->steps_used = 0;
  S->since_clock = 0;
  S->deadline = S->limits.seconds > 0 ? weir_clock() + S->limits.seconds : 0;
  S->status = WEIR_OK;
  S->rejecting = false;
  S->refusal = REFUSED_NOTHING;
  S->function = 0;
  S->line = 0;
  S->loading = 0;
  S->failed_row = -1;
  S->message[0] = S->path[0] = S->traceback[0] = S->chunk[0] = 0;
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
  lua_newtable(L);
  S->environment_set = luaL_ref(L, LUA_REGISTRYINDEX);
  lua_pushboolean(L, 0);
  S->globals = luaL_ref(L, LUA_REGISTRYINDEX);
  weir_open_objects(L, S);
  weir_open_guard(L, S);
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
  int64_t period = limits.steps / 16; // a small limit is looked at more often
  S->period = period < 1 ? 1 : period > LONGEST_PERIOD ? LONGEST_PERIOD : (int32_t)period;
  weir_hook(S, true);
  return S;
}

void weir_cover(weir_state *S) {
  S->covers = true;
  weir_hook(S, true);
}

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
