#pragma once
#include "bridge.h"

// The dump of Lua 5.4: lundump.c's order, read only from what this process compiled.

enum {
  OP_MOVE = 0, OP_LOADI = 1, OP_LOADK = 3, OP_LFALSESKIP = 6, OP_GETUPVAL = 9, OP_SETUPVAL = 10, OP_GETTABLE = 12,
  OP_SETTABUP = 15, OP_SETTABLE = 16, OP_SETFIELD = 18, OP_SELF = 20, OP_MODK = 25, OP_IDIVK = 28, OP_BANDK = 29,
  OP_BXORK = 31, OP_SHRI = 32, OP_SHLI = 33, OP_MOD = 37, OP_IDIV = 40, OP_BAND = 41, OP_SHR = 45, OP_MMBIN = 46,
  OP_MMBINK = 48, OP_BNOT = 50, OP_CLOSE = 54, OP_TBC = 55, OP_JMP = 56, OP_EQ = 57, OP_EQK = 60, OP_EQI = 61,
  OP_TEST = 66, OP_CALL = 68, OP_TAILCALL = 69, OP_RETURN = 70, OP_RETURN1 = 72, OP_FORLOOP = 73, OP_FORPREP = 74,
  OP_TFORPREP = 75, OP_TFORLOOP = 77, OP_SETLIST = 78, OP_CLOSURE = 79, OP_EXTRAARG = 82, OP_LAST = 82
};
enum { CONSTANT_INT = 0x03, CONSTANT_FLOAT = 0x13, CONSTANT_TEXT = 0x04, CONSTANT_LONG_TEXT = 0x14 };

typedef struct {
  lua_State *L;
  weir_state *S;
  const unsigned char *at, *end;
  const char *refusal;
  int line;
  bool survives; // the function was made while its file loaded, and is called for every row
} reader;

static inline unsigned read_byte(reader *r) {
  if (r->at >= r->end) {
    if (!r->refusal) r->refusal = "the compiled form is not as expected";
    return 0x80;
  }
  return *r->at++;
}

static inline size_t read_size(reader *r) {
  size_t value = 0;
  for (int i = 0; i < 10; i++) {
    unsigned byte = read_byte(r);
    value = value << 7 | (byte & 0x7F);
    if (byte & 0x80) break;
  }
  return value;
}

static inline const unsigned char *skip(reader *r, size_t length) {
  const unsigned char *start = r->at;
  if ((size_t)(r->end - r->at) < length) {
    if (!r->refusal) r->refusal = "the compiled form is not as expected";
    r->at = r->end;
    return NULL;
  }
  r->at += length;
  return start;
}

static inline const char *read_string(reader *r, size_t *length) {
  size_t size = read_size(r);
  *length = size ? size - 1 : 0;
  return (const char *)skip(r, *length);
}

static inline void refuse(reader *r, const char *why, int line) {
  if (r->refusal) return;
  r->refusal = why;
  r->line = line;
}

static inline unsigned instruction(const unsigned char *code, size_t pc) {
  unsigned value;
  memcpy(&value, code + pc * 4, 4);
  return value;
}

/// Whether an instruction may run again, or leads out of the function.
static inline bool instruction_bends(unsigned value) {
  unsigned opcode = value & 0x7F;
  bool jumps_back = opcode == OP_JMP && (value >> 7) < (1u << 24) - 1; // 2^24 - 1 stands for 0
  return jumps_back || opcode == OP_CALL || opcode == OP_TAILCALL || opcode == OP_SELF || opcode == OP_CLOSURE ||
         (opcode >= OP_FORLOOP && opcode <= OP_TFORLOOP) ||
         // This library notes no line for them unless a hook runs: a division by 0 would name the function's first.
         opcode == OP_MODK || opcode == OP_IDIVK || opcode == OP_MOD || opcode == OP_IDIV;
}
