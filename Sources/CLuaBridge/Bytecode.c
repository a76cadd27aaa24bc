#include "bridge.h"

// The dump of Lua 5.4: lundump.c's order, read only from what this process compiled.

enum {
  OP_SETUPVAL = 10, OP_GETUPVAL = 9, OP_LFALSESKIP = 6, OP_BANDK = 29, OP_BXORK = 31, OP_SHRI = 32, OP_SHLI = 33,
  OP_SETTABUP = 15, OP_SELF = 20, OP_MODK = 25, OP_IDIVK = 28, OP_MOD = 37, OP_IDIV = 40, OP_BAND = 41, OP_SHR = 45, OP_BNOT = 50, OP_TBC = 55, OP_JMP = 56, OP_CALL = 68,
  OP_TAILCALL = 69, OP_FORLOOP = 73, OP_TFORLOOP = 77, OP_CLOSURE = 79, OP_LAST = 82
};

typedef struct function_scope {
  struct function_scope *parent;
  const unsigned char *upvalues; // three bytes each: in stack, index, kind
  int count;
} function_scope;

typedef struct {
  lua_State *L;
  weir_state *S;
  const unsigned char *at, *end;
  const char *refusal;
  int line;
  bool bends;    // something runs more than once, or calls
  bool survives; // the function was made while its file loaded, and is called for every row
} reader;

static unsigned read_byte(reader *r) {
  if (r->at >= r->end) {
    if (!r->refusal) r->refusal = "the compiled form is not as expected";
    return 0x80;
  }
  return *r->at++;
}

static size_t read_size(reader *r) {
  size_t value = 0;
  for (int i = 0; i < 10; i++) {
    unsigned byte = read_byte(r);
    value = value << 7 | (byte & 0x7F);
    if (byte & 0x80) break;
  }
  return value;
}

static const unsigned char *skip(reader *r, size_t length) {
  const unsigned char *start = r->at;
  if ((size_t)(r->end - r->at) < length) {
    if (!r->refusal) r->refusal = "the compiled form is not as expected";
    r->at = r->end;
    return NULL;
  }
  r->at += length;
  return start;
}

static const char *read_string(reader *r, size_t *length) {
  size_t size = read_size(r);
  *length = size ? size - 1 : 0;
  return (const char *)skip(r, *length);
}

static void refuse(reader *r, const char *why, int line) {
  if (r->refusal) return;
  r->refusal = why;
  r->line = line;
}

/// Notes texts, which tell the columns that scripts name.
static size_t read_constants(reader *r) {
  size_t count = read_size(r);
  lua_rawgeti(r->L, LUA_REGISTRYINDEX, r->S->names);
  for (size_t i = 0; i < count && !r->refusal; i++) {
    switch (read_byte(r)) {
    case 0x03:
    case 0x13: skip(r, 8); break;
    case 0x04:
    case 0x14: {
      size_t length;
      const char *text = read_string(r, &length);
      if (text && length < 60) {
        lua_pushlstring(r->L, text, length);
        lua_pushboolean(r->L, 1);
        lua_rawset(r->L, -3);
      }
      break;
    }
    default: break; // nil, false, true
    }
  }
  lua_pop(r->L, 1);
  return count;
}

/// Whether an upvalue is a local of the file itself, which outlives the call.
static bool belongs_to_file(const function_scope *scope, int index) {
  while (scope->parent) {
    if (index >= scope->count) return false;
    bool in_stack = scope->upvalues[index * 3];
    index = scope->upvalues[index * 3 + 1];
    scope = scope->parent;
    if (in_stack) return scope->parent == NULL;
  }
  return true;
}

/// Whether an upvalue comes from around the outermost function that is looked at.
static bool comes_from_outside(const function_scope *scope, int index) {
  for (; scope->parent; scope = scope->parent) {
    if (index >= scope->count || scope->upvalues[index * 3]) return false;
    index = scope->upvalues[index * 3 + 1];
  }
  return true;
}

static unsigned instruction(const unsigned char *code, size_t pc) {
  unsigned value;
  memcpy(&value, code + pc * 4, 4);
  return value;
}

static void check_assignment(reader *r, const function_scope *scope, int index, int line) {
  if (r->survives) {
    if (comes_from_outside(scope, index))
      refuse(r, "a function assigns to a local of the function that made it: this state would travel between rows, "
                "and is read-only once the file is loaded", line);
  } else if (scope->parent) {
    r->S->assigns = true;
    if (belongs_to_file(scope, index))
      refuse(r, "a function assigns to a local of the file: this state would travel between rows, and is read-only", line);
  }
}

static void check_code(reader *r, const unsigned char *code, size_t count, size_t constants,
                       const function_scope *scope, int line) {
  for (size_t pc = 0; pc < count && !r->refusal; pc++) {
    unsigned opcode = instruction(code, pc) & 0x7F, argument = instruction(code, pc) >> 16 & 0xFF;
    if (opcode > OP_LAST) refuse(r, "the compiled form is not as expected", line);
    if (opcode == OP_TBC) refuse(r, "to-be-closed variables (<close>, __close) are not allowed", line);
    bool bitwise = (opcode >= OP_BANDK && opcode <= OP_BXORK) || opcode == OP_SHRI || opcode == OP_SHLI ||
                   (opcode >= OP_BAND && opcode <= OP_SHR) || opcode == OP_BNOT;
    if (bitwise && constants > 255)
      refuse(r, "a function with more than 255 constants cannot use bitwise operators: split it", line);
    if (opcode == OP_LFALSESKIP && pc > 0 && (instruction(code, pc - 1) & 0x7F) == OP_GETUPVAL)
      refuse(r, "a table of an outer function is indexed by a comparison: name the comparison first", line);
    bool jumps_back = opcode == OP_JMP && (instruction(code, pc) >> 7) < (1u << 24) - 1; // 2^24 - 1 stands for 0
    r->bends |= jumps_back || opcode == OP_CALL || opcode == OP_TAILCALL || opcode == OP_SELF || opcode == OP_CLOSURE ||
                (opcode >= OP_FORLOOP && opcode <= OP_TFORLOOP) ||
                // This library notes no line for them unless a hook runs: a division by 0 would name the function's first.
                opcode == OP_MODK || opcode == OP_IDIVK || opcode == OP_MOD || opcode == OP_IDIV;
    if (opcode == OP_SETUPVAL) check_assignment(r, scope, (int)argument, line);
  }
}

static void check_function(reader *r, function_scope *parent, int depth) {
  if (depth > 100) {
    refuse(r, "functions are nested too deeply", 0);
    return;
  }
  size_t length;
  read_string(r, &length); // source
  int line = (int)read_size(r);
  read_size(r);
  skip(r, 3);
  size_t count = read_size(r);
  const unsigned char *code = skip(r, count > SIZE_MAX / 4 ? SIZE_MAX : count * 4);
  if (r->refusal) return;
  size_t constants = read_constants(r);
  function_scope scope = {.parent = parent};
  size_t upvalues = read_size(r);
  scope.count = upvalues < 256 ? (int)upvalues : -1; // -1: more than there can be
  scope.upvalues = skip(r, (size_t)scope.count * 3);
  if (r->refusal) return;
  check_code(r, code, count, constants, &scope, line);
  for (size_t functions = read_size(r); functions > 0 && !r->refusal; functions--) check_function(r, &scope, depth + 1);
  skip(r, read_size(r)); // lines
  for (size_t i = read_size(r); i > 0 && !r->refusal; i--) read_size(r), read_size(r);
  for (size_t i = read_size(r); i > 0 && !r->refusal; i--) read_string(r, &length), read_size(r), read_size(r);
  for (size_t i = read_size(r); i > 0 && !r->refusal; i--) read_string(r, &length);
}

static const char *refusal_of(reader *into, const char *code, size_t length) {
  static const char header[] = "\x1bLua\x54\x00\x19\x93\r\n\x1a\n\x04\x08\x08";
  const unsigned char *bytes = (const unsigned char *)code;
  if (length < 32 || memcmp(code, header, sizeof header - 1) != 0) return "this build of Lua compiles to an unknown form";
  into->at = bytes + sizeof header - 1 + 16 + 1;
  into->end = bytes + length;
  check_function(into, NULL, 0);
  return into->refusal;
}

/// Why a compiled file is not run, or NULL. `line` is where the function begins.
const char *weir_refusal(lua_State *L, weir_state *S, const char *code, size_t length, int *line) {
  reader r = {.L = L, .S = S};
  const char *refusal = refusal_of(&r, code, length);
  *line = r.line;
  return refusal;
}

/// Why a function that was made while its file loaded may not be kept, or NULL.
const char *weir_survivor_refusal(lua_State *L, weir_state *S, const char *code, size_t length, int *line) {
  reader r = {.L = L, .S = S, .survives = true};
  const char *refusal = refusal_of(&r, code, length);
  *line = r.line;
  return refusal;
}

/// Whether every instruction runs at most once and none calls.
bool weir_runs_straight(lua_State *L, weir_state *S, const char *code, size_t length) {
  reader r = {.L = L, .S = S};
  return !refusal_of(&r, code, length) && !r.bends;
}
