#pragma once
#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
#include <stdatomic.h>
#include <string.h>

#include "CLuaBridge.h"

/// Every full userdata begins like this, so its kind is read without a look at its metatable.
typedef struct {
  int32_t kind;
  int32_t scale;
  int64_t high;
  uint64_t low;
} weir_object;

typedef struct {
  uint64_t bits;
  weir_object decimal;
} literal_entry;

typedef struct weir_module {
  struct weir_module *next;
  char *name;
  char *source;
  size_t length;
} weir_module;

struct weir_values {
  weir_value *items;
  size_t count, capacity;
  int64_t bytes;    // of texts, which scripts make and Lua does not count
  bool exhausted;   // the machine had no memory for a node: what is there is not all
};

enum { REFUSED_NOTHING, REFUSED_MEMORY, REFUSED_BLOCK, REFUSED_STACK, REFUSED_OUTPUT };
enum { LONGEST_PERIOD = 1000 }; // instructions between two looks at the limits

struct weir_flag {
  atomic_int raised;
};

struct weir_state {
  lua_State *L;
  weir_limits limits;
  weir_callbacks host;
  int64_t used;           // bytes that Lua holds
  int64_t steps_left;     // of this call or row
  int64_t batch_left;
  int64_t batch_limit;
  int64_t steps_used;
  int64_t since_clock;    // steps charged since the clock was read
  double deadline;
  int32_t fatal;          // a weir_status that no script can catch; 0 while all is well
  int32_t loading;        // number of the environment whose file loads, 0 while rows run
  int32_t environments;
  int32_t requiring;      // modules that load within each other
  int32_t refusal;        // what the allocator refused last
  int32_t function;       // number of the function that rows go through: where an error has no line of its own
  int32_t period;         // instructions between two looks at the limits
  bool rejecting, sealed;
  bool covers;            // lines are noted as they run
  lua_State *thread;      // the coroutine that a source runs in, while it does
  bool unhooked;          // instructions are not counted: no value makes the function run long
  bool assigns;           // some file has a function that assigns to an outer function's local
  weir_flag *cancelled;
  int metatable[16];      // registry references, by kind
  int functions, numbers; // number -> function, function -> number
  int library, globals, modules_loaded, names;
  int guard, keys;        // the guard of comparisons and keys; the objects that are keys, by value
  int environment_set;    // the files' environments, as keys
  int32_t function_count;
  weir_values reply, arguments;
  weir_module *modules;
  char *log;
  size_t log_length, log_capacity;
  int64_t logged;   // lines that have an order of their own
  int64_t log_lost; // lines that were left out since the log was read
  char message[512], path[256], traceback[1024];
  char chunk[256];        // the file that loads
  int32_t line;
  int64_t failed_row;
  int32_t status;
  weir_batch *batch;
  weir_source *source;
  weir_export *exporting;
  literal_entry literals[64];
  int32_t straight[64];   // by number, modulo: functions that were looked at, negative where they do not run straight
  struct weir_covered *covered; // files whose lines are noted; see weir_cover
};

static inline weir_state *state_of(lua_State *L) { return *(weir_state **)lua_getextraspace(L); }
static inline weir_object *object_at(lua_State *L, int index) {
  return lua_type(L, index) == LUA_TUSERDATA ? (weir_object *)lua_touserdata(L, index) : NULL;
}
static inline weir_object *object_of(lua_State *L, int index, int kind) {
  weir_object *object = object_at(L, index);
  return object && object->kind == kind ? object : NULL;
}
static inline __int128 coefficient_of(const weir_object *object) {
  return (__int128)(((unsigned __int128)(uint64_t)object->high << 64) | object->low);
}

extern const char weir_hidden_key; // its address is the key of a frozen table's contents in its metatable

// State.c
_Noreturn void weir_fail(lua_State *L, int32_t status, const char *message);
_Noreturn void weir_fail_memory(lua_State *L, int32_t refusal);
void weir_begin_row(lua_State *L, weir_state *S);
void weir_hook(weir_state *S, bool counts);
void weir_check_limits(lua_State *L, weir_state *S);
static inline void weir_charge(lua_State *L, weir_state *S, int64_t steps) {
  S->steps_left -= steps;
  S->batch_left -= steps;
  S->steps_used += steps;
  S->since_clock += steps;
  if (__builtin_expect(S->fatal || S->steps_left < 0 || S->batch_left < 0 || S->since_clock > 20000, 0))
    weir_check_limits(L, S);
}
void weir_begin(weir_state *S, int64_t rows);
double weir_clock(void);
// Coverage.c
void weir_note_line(lua_State *L, weir_state *S, lua_Debug *activation);
void weir_forget_coverage(weir_state *S);
// Protected.c
weir_status weir_protected(weir_state *S, lua_CFunction body, void *request);
weir_status weir_settle(weir_state *S, int code);
int weir_handler(lua_State *L);
void weir_note_place(lua_State *L, weir_state *S);
void weir_note_exhaustion(weir_state *S);
void weir_note_overflow(lua_State *L, weir_state *S);
void weir_note_depth(lua_State *L, weir_state *S);
size_t weir_copy_clean(char *to, size_t room, const char *from, size_t length);
void weir_describe_thread(lua_State *L, weir_state *S, lua_State *thread);
// Values.c
size_t weir_push(lua_State *L, weir_state *S, const weir_value *nodes);
void weir_read(lua_State *L, weir_state *S, int index, weir_values *into, int depth);
void weir_push_sorted_keys(lua_State *L, weir_state *S, int index);
bool weir_push_contents(lua_State *L, int index);
int32_t weir_function_number(lua_State *L, weir_state *S, int index);
// Objects.c
void weir_push_object(lua_State *L, weir_state *S, int kind, int scale, int64_t high, uint64_t low);
void weir_push_decimal(lua_State *L, weir_state *S, __int128 coefficient, int scale);
bool weir_to_decimal(lua_State *L, weir_state *S, int index, weir_object *out);
bool weir_objects_equal(weir_state *S, const weir_object *a, const weir_object *b);
int weir_compare_decimals(weir_state *S, const weir_object *a, const weir_object *b);
void weir_open_objects(lua_State *L, weir_state *S);
size_t weir_object_text(const weir_object *object, char *text);
int64_t weir_instant(const weir_object *object);
const char *weir_type_name(lua_State *L, int index);
extern const __int128 weir_bound;
bool weir_power_of_ten(int exponent, __int128 *result);
// Keys.c
enum { WEIR_GUARD = 14 }; // the kind of the guard, which no value has
void weir_open_guard(lua_State *L, weir_state *S);
void weir_push_key(lua_State *L, weir_state *S, const weir_object *object);
int weir_compare_keys(weir_state *S, const weir_object *a, const weir_object *b);
// Environment.c, Freezing.c, Strings.c, Patterns.c, Format.c, Tables.c, Maths.c: libraries
void weir_open_environment(lua_State *L, weir_state *S);
int32_t weir_push_environment(lua_State *L, weir_state *S);
int weir_pairs(lua_State *L);
int weir_ipairs(lua_State *L);
int weir_setmetatable(lua_State *L);
bool weir_is_iterator(lua_State *L, int index);
int weir_tostring(lua_State *L);
void weir_protect(lua_State *L);
void weir_freeze(lua_State *L, weir_state *S);
void weir_open_strings(lua_State *L);
bool weir_in_class(int c, int class);
int weir_find(lua_State *L);
int weir_match(lua_State *L);
int weir_gmatch(lua_State *L);
int weir_gmatch_step(lua_State *L);
int weir_gsub(lua_State *L);
int weir_format(lua_State *L);
void weir_open_tables(lua_State *L);
void weir_open_maths(lua_State *L);
void weir_open_utf8(lua_State *L);
// Loading.c, Bytecode.c, Guarding.c
/// What the last upvalue, the guard, is called in functions of which every instruction runs at most once and none calls:
/// no local of a script has such a name.
#define WEIR_STRAIGHT "(guard, straight)"
void weir_load_chunk(lua_State *L, weir_state *S, const char *source, size_t length, const char *path);
int weir_require(lua_State *L);
void weir_forget_modules(lua_State *L, weir_state *S, int32_t depth);
_Noreturn void weir_fail_syntax(lua_State *L, weir_state *S, const char *path);
void weir_check_survivor(lua_State *L, weir_state *S);
const char *weir_refusal(lua_State *L, weir_state *S, const char *code, size_t length, int *line);
bool weir_is_straight(lua_State *L, weir_state *S, int32_t number);
const char *weir_survivor_refusal(lua_State *L, weir_state *S, const char *code, size_t length, int *line);
char *weir_guarded(const char *code, size_t length, size_t *written, const char **refusal, int *line);
bool weir_text_is_utf8(const char *text, size_t length);
// Results.c
void weir_append(lua_State *L, weir_state *S, weir_result *result, int index);
void weir_append_placeholder(weir_result *result);
// Arguments.c
enum { WEIR_BASE = 2 }; // stack of a batch: 1 request, 2 function, then one slot (or two, for rows) an argument

typedef struct {
  int first; // stack index of the argument's own slots
  int eager; // ROW: how many columns are set for each row
} weir_slot;

typedef struct {
  weir_slot slots[64];
  int *columns; // a userdata on the stack: for each ROW argument, which columns are eager
} weir_frame;

void weir_push_cell(lua_State *L, weir_state *S, const weir_column *column, int64_t row);
void weir_push_function(lua_State *L, weir_state *S, int32_t number);
void weir_prepare(lua_State *L, weir_state *S, weir_batch *batch, weir_frame *frame);
void weir_push_arguments(lua_State *L, weir_state *S, weir_batch *batch, const weir_frame *frame);
void weir_end_rows(lua_State *L, const weir_batch *batch, const weir_frame *frame);
