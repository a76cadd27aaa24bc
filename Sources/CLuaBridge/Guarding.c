#include <stdlib.h>

#include "bytecode.h"

// Lua calls no operator where values of unlike types are compared, or where a value is a key: a decimal beside a number
// would be unequal, and one decimal as a key unlike another of its value, both in silence. So a compiled file is written
// anew. Before each such instruction stand others that look whether a value is an object of the host, which costs two
// instructions where it is none; if it is one, code behind the function's own asks the guard, an object of the host that
// every function has as its last upvalue. The guard equals every object (`weir_guard_call` has the rest).
//
//     GETUPVAL m guard      m, m + 1, m + 2: registers behind those of the function
//     EQ       a m 1
//     JMP      -> slow
//     EQK      a k          the instruction itself, with what followed it
//     ...
//     slow: MOVE m+1 a; LOADK m+2 k; CALL m; TEST m; JMP -> where the comparison led; JMP -> what follows it

typedef struct {
  unsigned char *bytes;
  size_t length, capacity;
  bool exhausted;
} writer;

typedef struct {
  const unsigned char *code;
  size_t count;
  unsigned char constants[256]; // kinds of the first, which comparisons can name
  unsigned scratch;             // the first register behind the function's own
  unsigned guard;               // number of the upvalue
  bool *is_number;              // sites of which the value is that of a numeric loop
  uint32_t *starts;             // of each instruction where it begins now; of the end where the slow code begins
  int32_t *lines;
  size_t emitted;
  int32_t first_line;
  writer *out;
} function_code;

enum { SCRATCH = 3, LONGEST_JUMP = (1 << 17) - 1 };

static void put(writer *w, const void *bytes, size_t length) {
  if (w->length + length > w->capacity && !w->exhausted) {
    size_t capacity = (w->length + length) * 2 + 1024;
    unsigned char *larger = realloc(w->bytes, capacity);
    if (larger) w->bytes = larger, w->capacity = capacity;
    else w->exhausted = true;
  }
  if (w->exhausted || length == 0) return;
  memcpy(w->bytes + w->length, bytes, length);
  w->length += length;
}

static void put_size(writer *w, size_t value) {
  unsigned char digits[10];
  int count = 0;
  do digits[9 - count++] = value & 0x7F;
  while (value >>= 7);
  digits[9] |= 0x80;
  put(w, digits + 10 - count, (size_t)count);
}

static void put_text(writer *w, const char *text, size_t size) {
  put_size(w, size);
  if (size) put(w, text, size - 1);
}

/// Hands on what was read since `from`.
static void copy_since(writer *w, const reader *r, const unsigned char *from) { put(w, from, (size_t)(r->at - from)); }

// Instructions

static unsigned field_a(unsigned i) { return i >> 7 & 0xFF; }
static unsigned field_b(unsigned i) { return i >> 16 & 0xFF; }
static unsigned field_c(unsigned i) { return i >> 24; }
static unsigned field_k(unsigned i) { return i >> 15 & 1; }
static int32_t jump_of(unsigned i) { return (int32_t)(i >> 7) - ((1 << 24) - 1); }
static unsigned make(unsigned opcode, unsigned a, unsigned k, unsigned b, unsigned c) {
  return opcode | a << 7 | k << 15 | b << 16 | c << 24;
}
static unsigned make_wide(unsigned opcode, unsigned a, unsigned bx) { return opcode | a << 7 | bx << 15; }
static unsigned make_jump(int32_t by) { return OP_JMP | (unsigned)(by + ((1 << 24) - 1)) << 7; }

static unsigned key_of(unsigned i) { return (i & 0x7F) == OP_GETTABLE ? field_c(i) : field_b(i); }

typedef enum { PLAIN, COMPARISON, KEY } site;

static site site_of(const function_code *f, size_t pc) {
  unsigned i = instruction(f->code, pc);
  if (f->is_number[pc]) return PLAIN;
  switch (i & 0x7F) {
  case OP_EQ:
  case OP_EQI: return COMPARISON;
  case OP_EQK: { // nil, true and false are no number and no text
    unsigned kind = f->constants[field_b(i)];
    return kind == CONSTANT_INT || kind == CONSTANT_FLOAT || kind == CONSTANT_TEXT || kind == CONSTANT_LONG_TEXT ? COMPARISON
                                                                                                              : PLAIN;
  }
  case OP_GETTABLE:
  case OP_SETTABLE: return KEY;
  default: return PLAIN;
  }
}

/// Instructions that stand before one of a site.
static size_t length_before(const function_code *f, size_t pc) {
  switch (site_of(f, pc)) {
  case COMPARISON: return (instruction(f->code, pc) & 0x7F) == OP_EQ ? 5 : 3;
  case KEY: return 3;
  default: return 0;
  }
}

static size_t length_behind(const function_code *f, size_t pc) {
  site kind = site_of(f, pc);
  return kind == COMPARISON ? 6 : kind == KEY ? 4 : 0;
}

static void emit(function_code *f, unsigned value) {
  put(f->out, &value, 4);
  f->emitted++;
}

/// A jump from the next instruction to a place of the new code.
static void emit_jump(function_code *f, size_t to) {
  emit(f, make_jump((int32_t)to - (int32_t)f->emitted - 1));
}

static void emit_before(function_code *f, size_t pc, size_t slow) {
  unsigned i = instruction(f->code, pc), m = f->scratch;
  site kind = site_of(f, pc);
  if (kind == PLAIN) return;
  emit(f, make(OP_GETUPVAL, m, 0, f->guard, 0));
  emit(f, make(OP_EQ, kind == KEY ? key_of(i) : field_a(i), 1, m, 0));
  emit_jump(f, slow);
  if ((i & 0x7F) != OP_EQ) return;
  emit(f, make(OP_EQ, field_b(i), 1, m, 0));
  emit_jump(f, slow);
}

static size_t place_of(reader *r, const function_code *f, int64_t pc) {
  if (pc >= 0 && pc <= (int64_t)f->count) return f->starts[pc];
  refuse(r, "the compiled form is not as expected", 0);
  return 0;
}

static void emit_behind(reader *r, function_code *f, size_t pc) {
  unsigned i = instruction(f->code, pc), m = f->scratch;
  site kind = site_of(f, pc);
  if (kind == KEY) {
    emit(f, make(OP_MOVE, m + 1, 0, key_of(i), 0));
    emit(f, make(OP_CALL, m, 0, 2, 2));
    if ((i & 0x7F) == OP_GETTABLE) emit(f, make(OP_GETTABLE, field_a(i), 0, field_b(i), m));
    else emit(f, make(OP_SETTABLE, field_a(i), field_k(i), m, field_c(i)));
    emit_jump(f, place_of(r, f, (int64_t)pc + 1));
  } else if (kind == COMPARISON) {
    unsigned next = pc + 1 < f->count ? instruction(f->code, pc + 1) : 0;
    if ((next & 0x7F) != OP_JMP) refuse(r, "the compiled form is not as expected", 0);
    emit(f, make(OP_MOVE, m + 1, 0, field_a(i), 0));
    switch (i & 0x7F) {
    case OP_EQ: emit(f, make(OP_MOVE, m + 2, 0, field_b(i), 0)); break;
    case OP_EQK: emit(f, make_wide(OP_LOADK, m + 2, field_b(i))); break;
    default: emit(f, make_wide(OP_LOADI, m + 2, field_b(i) - 127 + 65535)); break;
    }
    emit(f, make(OP_CALL, m, 0, 3, 2));
    emit(f, make(OP_TEST, m, field_k(i), 0, 0));
    emit_jump(f, place_of(r, f, (int64_t)pc + 2 + jump_of(next)));
    emit_jump(f, place_of(r, f, (int64_t)pc + 2));
  }
}

/// The instruction itself, with its jump where that leads now.
static unsigned relocated(reader *r, const function_code *f, size_t pc) {
  unsigned i = instruction(f->code, pc), bx = i >> 15;
  int64_t here = (int64_t)f->emitted, by;
  switch (i & 0x7F) {
  case OP_JMP: return make_jump((int32_t)((int64_t)place_of(r, f, (int64_t)pc + 1 + jump_of(i)) - here - 1));
  case OP_FORPREP:  // to its FORLOOP, which is no site
  case OP_TFORPREP: by = (int64_t)place_of(r, f, (int64_t)pc + 1 + bx) - here - 1; break;
  case OP_FORLOOP:
  case OP_TFORLOOP: by = here + 1 - (int64_t)place_of(r, f, (int64_t)pc + 1 - bx); break;
  default: return i;
  }
  if (by < 0 || by > LONGEST_JUMP) refuse(r, "a loop is too long: make functions of its parts", f->first_line);
  return make_wide(i & 0x7F, field_a(i), (unsigned)by);
}

/// Whether an instruction may change a register that is a local's. What lies above locals is not looked at.
static bool changes(unsigned i, unsigned local) {
  unsigned opcode = i & 0x7F;
  bool writes_none = opcode == OP_SETUPVAL || (opcode >= OP_SETTABUP && opcode <= OP_SETFIELD) ||
                     (opcode >= OP_MMBIN && opcode <= OP_MMBINK) || (opcode >= OP_CLOSE && opcode <= OP_TEST) ||
                     (opcode >= OP_RETURN && opcode <= OP_RETURN1) || opcode == OP_SETLIST || opcode == OP_EXTRAARG;
  return opcode == OP_CLOSURE || (!writes_none && field_a(i) == local);
}

/// The value of a numeric loop is a number as long as its body does not assign to it: such keys need no guard.
static void find_numbers(function_code *f) {
  for (size_t pc = 0; pc < f->count; pc++) {
    unsigned i = instruction(f->code, pc), value = field_a(i) + 3;
    size_t end = pc + 1 + (i >> 15);
    if ((i & 0x7F) != OP_FORPREP || end >= f->count) continue;
    bool changed = false;
    for (size_t at = pc + 1; at < end && !changed; at++) changed = changes(instruction(f->code, at), value);
    for (size_t at = pc + 1; at < end && !changed; at++) {
      unsigned inner = instruction(f->code, at), opcode = inner & 0x7F;
      if (opcode == OP_GETTABLE || opcode == OP_SETTABLE) f->is_number[at] |= key_of(inner) == value;
      else if (opcode == OP_EQK || opcode == OP_EQI) f->is_number[at] |= field_a(inner) == value;
    }
  }
}

static void write_code(reader *r, function_code *f) {
  find_numbers(f);
  size_t total = 0;
  for (size_t pc = 0; pc < f->count; pc++) {
    f->starts[pc] = (uint32_t)total;
    total += length_before(f, pc) + 1;
  }
  f->starts[f->count] = (uint32_t)total;
  size_t slow = total;
  for (size_t pc = 0; pc < f->count; pc++) total += length_behind(f, pc);
  put_size(f->out, total);
  for (size_t pc = 0; pc < f->count && !r->refusal; pc++) {
    emit_before(f, pc, slow);
    emit(f, relocated(r, f, pc));
    slow += length_behind(f, pc);
  }
  for (size_t pc = 0; pc < f->count && !r->refusal; pc++) emit_behind(r, f, pc);
}

// Lines are steps from instruction to instruction; those too large, and one of each 128, stand in a list of their own.

enum { ABSOLUTE = -128, ABSOLUTE_EVERY = 128 };

static void read_lines(reader *r, function_code *f, int32_t line) {
  size_t count = read_size(r);
  const signed char *steps = (const signed char *)skip(r, count);
  size_t absolutes = read_size(r), next_pc = 0;
  int32_t next_line = 0;
  if (count != f->count) refuse(r, "the compiled form is not as expected", 0);
  for (size_t pc = 0; pc < f->count && !r->refusal; pc++) {
    if (steps[pc] != ABSOLUTE) {
      line += steps[pc];
    } else {
      if (absolutes-- == 0) refuse(r, "the compiled form is not as expected", 0);
      next_pc = read_size(r);
      next_line = (int32_t)read_size(r);
      if (next_pc != pc) refuse(r, "the compiled form is not as expected", 0);
      line = next_line;
    }
    f->lines[pc] = line;
  }
  if (absolutes) refuse(r, "the compiled form is not as expected", 0);
}

/// Writes the steps, or the list: gives how many entries that has.
static size_t write_steps(function_code *f, bool lists, writer *out) {
  size_t at = 0, entries = 0;
  int32_t previous = f->first_line, since = 0;
  for (int part = 0; part < 2; part++) {
    for (size_t pc = 0; pc < f->count; pc++) {
      size_t length = part ? length_behind(f, pc) : length_before(f, pc) + 1;
      for (size_t i = 0; i < length; i++, at++) {
        int32_t step = f->lines[pc] - previous;
        previous = f->lines[pc];
        if (step <= -128 || step >= 128 || since++ >= ABSOLUTE_EVERY) {
          step = ABSOLUTE;
          since = 1;
          entries++;
          if (lists && out) put_size(out, at), put_size(out, (size_t)previous);
        }
        if (!lists) put(out, &(signed char){(signed char)step}, 1);
      }
    }
  }
  return entries;
}

static void write_debug(reader *r, function_code *f, const char *guard_name) {
  put_size(f->out, f->emitted);
  write_steps(f, false, f->out);
  put_size(f->out, write_steps(f, true, NULL));
  write_steps(f, true, f->out);
  size_t count = read_size(r), length;
  put_size(f->out, count);
  for (; count > 0 && !r->refusal; count--) { // locals, and where they begin and end
    const unsigned char *name = r->at;
    read_string(r, &length);
    copy_since(f->out, r, name);
    for (int i = 0; i < 2; i++) put_size(f->out, place_of(r, f, (int64_t)read_size(r)));
  }
  count = read_size(r);
  if (count != f->guard) refuse(r, "the compiled form is not as expected", 0);
  put_size(f->out, count + 1);
  const unsigned char *names = r->at;
  for (; count > 0 && !r->refusal; count--) read_string(r, &length);
  copy_since(f->out, r, names);
  put_text(f->out, guard_name, strlen(guard_name) + 1);
}

/// Looks through constants for the kinds of the first.
static void read_kinds(reader *r, function_code *f) {
  size_t length, count = read_size(r);
  for (size_t i = 0; i < count && !r->refusal; i++) {
    unsigned kind = read_byte(r);
    if (i < sizeof f->constants) f->constants[i] = (unsigned char)kind;
    if (kind == CONSTANT_INT || kind == CONSTANT_FLOAT) skip(r, 8);
    else if (kind == CONSTANT_TEXT || kind == CONSTANT_LONG_TEXT) read_string(r, &length);
  }
}

static void write_upvalues(reader *r, function_code *f, int outer_guard) {
  size_t count = read_size(r);
  if (count >= 255) {
    refuse(r, "a function that reads more than 254 locals of functions around it: use a table for some of them", 0);
    return;
  }
  f->guard = (unsigned)count;
  put_size(f->out, count + 1);
  put(f->out, skip(r, count * 3), count * 3);
  put(f->out, (unsigned char[]){outer_guard < 0, (unsigned char)(outer_guard < 0 ? 0 : outer_guard), 0}, 3);
}

static void rewrite_function(reader *r, writer *out, int outer_guard, int depth);

static void rewrite_body(reader *r, function_code *f, int outer_guard, int depth) {
  reader ahead = *r; // the guard's number stands behind the code that names it, the lines of the code at the end
  read_kinds(&ahead, f);
  f->guard = (unsigned)read_size(&ahead);
  bool bends = false;
  for (size_t pc = 0; pc < f->count; pc++) bends |= instruction_bends(instruction(f->code, pc));
  write_code(r, f);
  const unsigned char *constants = r->at;
  read_kinds(r, f);
  copy_since(f->out, r, constants);
  write_upvalues(r, f, outer_guard);
  size_t functions = read_size(r);
  put_size(f->out, functions);
  for (; functions > 0 && !r->refusal && !f->out->exhausted; functions--)
    rewrite_function(r, f->out, (int)f->guard, depth + 1);
  if (r->refusal) return;
  read_lines(r, f, f->first_line);
  write_debug(r, f, bends ? "(guard)" : WEIR_STRAIGHT);
}

static void rewrite_function(reader *r, writer *out, int outer_guard, int depth) {
  if (depth > 100) {
    refuse(r, "functions are nested too deeply", 0);
    return;
  }
  function_code f = {.out = out};
  const unsigned char *start = r->at;
  size_t length;
  read_string(r, &length); // source
  f.first_line = (int32_t)read_size(r);
  read_size(r);
  skip(r, 2);
  copy_since(out, r, start);
  f.scratch = read_byte(r);
  if (f.scratch + SCRATCH > 255) refuse(r, "a function that holds more than 252 values at once: split it", f.first_line);
  put(out, &(unsigned char){(unsigned char)(f.scratch + SCRATCH)}, 1);
  f.count = read_size(r);
  f.code = skip(r, f.count > SIZE_MAX / 4 ? SIZE_MAX : f.count * 4);
  if (r->refusal) return;
  f.starts = malloc((f.count + 1) * sizeof *f.starts);
  f.lines = calloc(f.count + 1, sizeof *f.lines);
  f.is_number = calloc(f.count + 1, sizeof *f.is_number);
  if (f.starts && f.lines && f.is_number) rewrite_body(r, &f, outer_guard, depth);
  else out->exhausted = true;
  free(f.starts);
  free(f.lines);
  free(f.is_number);
}

/// Writes a compiled file anew with its comparisons and keys guarded. Gives NULL where there is no memory for it, or
/// where it is refused: `refusal` says why, `line` where. Otherwise the caller frees what it gets.
char *weir_guarded(const char *code, size_t length, size_t *written, const char **refusal, int *line) {
  enum { HEADER = 4 + 1 + 1 + 6 + 3 + 16 };
  reader r = {.at = (const unsigned char *)code, .end = (const unsigned char *)code + length};
  writer out = {0};
  skip(&r, HEADER);
  copy_since(&out, &r, (const unsigned char *)code);
  unsigned upvalues = read_byte(&r);
  put(&out, &(unsigned char){(unsigned char)(upvalues + 1)}, 1);
  if (!r.refusal) rewrite_function(&r, &out, -1, 0);
  *refusal = r.refusal;
  *line = r.line;
  *written = out.length;
  if (!r.refusal && !out.exhausted) return (char *)out.bytes;
  free(out.bytes);
  return NULL;
}
