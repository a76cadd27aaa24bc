#include "bytecode.h"

// What a compiled file may not hold.

typedef struct function_scope {
  struct function_scope *parent;
  const unsigned char *upvalues; // three bytes each: in stack, index, kind
  int count;
} function_scope;

/// Notes texts, which tell the columns that scripts name.
static size_t read_constants(reader *r) {
  size_t count = read_size(r);
  lua_rawgeti(r->L, LUA_REGISTRYINDEX, r->S->names);
  for (size_t i = 0; i < count && !r->refusal; i++) {
    switch (read_byte(r)) {
    case CONSTANT_INT:
    case CONSTANT_FLOAT: skip(r, 8); break;
    case CONSTANT_TEXT:
    case CONSTANT_LONG_TEXT: {
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
