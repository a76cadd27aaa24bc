#include <stdlib.h>

#include "machine.h"

#pragma STDC FP_CONTRACT OFF

/// The value of one row of a column.
static inline bool load(const machine *m, uint16_t number, value *result) {
  const struct weir_fold_column *column = &m->batch.columns[number];
  int64_t row = m->row;
  if (column->present && !column->present[row]) return *result = nil_of(), true;
  switch (column->kind) {
  case WEIR_FOLD_COLUMN_DECIMAL_64:
    *result = decimal_of((__int128)((const int64_t *)column->values)[row], column->scale);
    return true;
  case WEIR_FOLD_COLUMN_INT: *result = int_of(((const int64_t *)column->values)[row]); return true;
  case WEIR_FOLD_COLUMN_DATE:
    *result = (value){WEIR_FOLD_DATE, 0, (uint64_t)(int64_t)((const int32_t *)column->values)[row], 0};
    return true;
  case WEIR_FOLD_COLUMN_DECIMAL_128: {
    __int128 number;
    memcpy(&number, (const char *)column->values + row * 16, 16);
    *result = decimal_of(number, column->scale);
    return true;
  }
  case WEIR_FOLD_COLUMN_FLOAT: *result = float_of(((const double *)column->values)[row]); return true;
  case WEIR_FOLD_COLUMN_BOOL: *result = bool_of(((const bool *)column->values)[row]); return true;
  case WEIR_FOLD_COLUMN_TIMESTAMP:
    *result = (value){WEIR_FOLD_TIMESTAMP, 0, (uint64_t)((const int64_t *)column->values)[row], 0};
    return true;
  default: break;
  }
  int64_t place = column->kind == WEIR_FOLD_COLUMN_CODED ? column->codes[row] : row;
  int64_t start = place ? column->ends[place - 1] : 0;
  *result = (value){WEIR_FOLD_TEXT, 0, (uint64_t)(uintptr_t)((const char *)column->values + start),
                    column->ends[place] - start};
  return true;
}

static inline bool get_field(const machine *m, const value *of, uint16_t name, value *result) {
  if (of->kind == WEIR_FOLD_TABLE) {
    const table *t = table_of(of);
    int slot = t->shape->slot_of[name];
    *result = slot < 0 ? nil_of() : t->fields[slot];
    return true;
  }
  if (of->kind == WEIR_FOLD_DATE || of->kind == WEIR_FOLD_TIMESTAMP) return fold_date_part(m, of, name, result);
  return false;
}

static inline bool set_field(machine *m, const value *of, uint16_t name, const value *v) {
  if (of->kind != WEIR_FOLD_TABLE) return false;
  table *t = table_of(of);
  if (t->is_frozen) return false;
  int slot = t->shape->slot_of[name];
  if (slot < 0) return fold_add_field(m, t, name, v);
  t->fields[slot] = *v;
  return true;
}

static inline bool get_item(const machine *m, const value *of, const value *key, value *result) {
  if (of->kind != WEIR_FOLD_TABLE) return false;
  const table *t = table_of(of);
  uint64_t place = key->low - (uint64_t)t->first;
  if (key->kind == WEIR_FOLD_INT && place < (uint64_t)t->count) *result = t->items[t->offset + (int64_t)place];
  else *result = fold_item(m, t, key);
  return true;
}

static bool make_table(machine *m, const instruction *i, value *registers) {
  const shape *shape = m->shapes[i->d];
  table *made = fold_table(m, shape, registers + i->b, registers + i->b + shape->count, i->c);
  if (!made) return false;
  registers[i->a] = (value){WEIR_FOLD_TABLE, 0, (uint64_t)(uintptr_t)made, 0};
  return true;
}

/// Sums and differences of decimals of one scale, and of ints: what folds mostly do.
static inline bool add(machine *m, int operation, const value *x, const value *y, value *result) {
  if (x->kind == WEIR_FOLD_DECIMAL && y->kind == WEIR_FOLD_DECIMAL && x->scale == y->scale) {
    __int128 sum; // of two below 10^38 this may pass 128 bits
    bool passes = operation == WEIR_FOLD_ADD ? __builtin_add_overflow(coefficient(x), coefficient(y), &sum)
                                             : __builtin_sub_overflow(coefficient(x), coefficient(y), &sum);
    if (passes || !fits(sum)) return false;
    *result = decimal_of(sum, x->scale);
    return true;
  }
  if (x->kind == WEIR_FOLD_INT && y->kind == WEIR_FOLD_INT) {
    *result = int_of((int64_t)(operation == WEIR_FOLD_ADD ? x->low + y->low : x->low - y->low));
    return true;
  }
  return fold_arithmetic(m, operation, x, y, result);
}

static inline bool multiply(machine *m, const value *x, const value *y, value *result) {
  bool narrow = x->high == (int64_t)x->low >> 63 && y->high == (int64_t)y->low >> 63;
  if (x->kind == WEIR_FOLD_DECIMAL && y->kind == WEIR_FOLD_DECIMAL && narrow && x->scale + y->scale <= 38) {
    __int128 product = (__int128)(int64_t)x->low * (int64_t)y->low; // below 2^126
    *result = decimal_of(product, x->scale + y->scale);
    return fits(product);
  }
  return fold_arithmetic(m, WEIR_FOLD_MULTIPLY, x, y, result);
}

static inline bool less(machine *m, const value *x, const value *y, bool *result) {
  if (x->kind == WEIR_FOLD_DECIMAL && y->kind == WEIR_FOLD_DECIMAL && x->scale == y->scale)
    return *result = coefficient(x) < coefficient(y), true;
  return fold_less(m, x, y, result);
}

static inline bool less_or_equal(machine *m, const value *x, const value *y, bool *result) {
  if (x->kind == WEIR_FOLD_DECIMAL && y->kind == WEIR_FOLD_DECIMAL && x->scale == y->scale)
    return *result = coefficient(x) <= coefficient(y), true;
  return fold_less_or_equal(m, x, y, result);
}

/// What is called and not written out in the loop.
static bool run_rare(machine *m, const instruction *i, value *r) {
  switch (i->operation) {
  case WEIR_FOLD_TABLE_OF: return make_table(m, i, r);
  case WEIR_FOLD_FREEZE: return table_of(&r[i->a])->is_frozen = true;
  case WEIR_FOLD_LEAST: return fold_extreme(m, &r[i->b], i->c, -1, &r[i->a]);
  case WEIR_FOLD_GREATEST: return fold_extreme(m, &r[i->b], i->c, 1, &r[i->a]);
  case WEIR_FOLD_ABSOLUTE: return fold_absolute(&r[i->b], &r[i->a]);
  case WEIR_FOLD_FLOOR: return fold_whole(&r[i->b], false, &r[i->a]);
  case WEIR_FOLD_CEILING: return fold_whole(&r[i->b], true, &r[i->a]);
  case WEIR_FOLD_ROUND: return fold_round(m, &r[i->b], &r[i->c], i->d, &r[i->a]);
  case WEIR_FOLD_INSERT: return fold_insert(m, &r[i->a], &r[i->b], &r[i->c]);
  case WEIR_FOLD_REMOVE: return fold_remove(m, &r[i->b], &r[i->c], &r[i->a]);
  case WEIR_FOLD_NEGATE: return fold_negate(&r[i->b], &r[i->a]);
  case WEIR_FOLD_LENGTH: return fold_length(&r[i->b], &r[i->a]);
  case WEIR_FOLD_EMIT_TABLE: return fold_emit_table(m, &r[i->b]);
  case WEIR_FOLD_CALL:
    m->steps_left -= 10;
    return m->batch.call && m->batch.call(m->batch.context, i->d, &r[i->b], i->c, &r[i->a]) && m->steps_left >= 0;
  default: return fold_arithmetic(m, i->operation, &r[i->b], &r[i->c], &r[i->a]);
  }
}

#define NEEDS(condition) if (!(condition)) return false; break
#define JUMPS(condition) if (condition) i = code + i->d - 1; break
#define REPEATS() m->steps_left -= (i - code) - i->d + 1; if (m->steps_left < 0) return false; i = code + i->d - 1

/// Runs code until it returns; false where the key is given up.
static bool run(machine *m, int32_t from) {
  const instruction *code = m->code;
  value *r = m->registers;
  bool truth;
  for (const instruction *i = code + from;; i++) {
    switch (i->operation) {
    case WEIR_FOLD_MOVE: r[i->a] = r[i->b]; break;
    case WEIR_FOLD_COLUMN: NEEDS(load(m, i->b, &r[i->a]));
    case WEIR_FOLD_GET_FIELD: NEEDS(get_field(m, &r[i->b], i->c, &r[i->a]));
    case WEIR_FOLD_SET_FIELD: NEEDS(set_field(m, &r[i->a], i->b, &r[i->c]));
    case WEIR_FOLD_GET_ITEM: NEEDS(get_item(m, &r[i->b], &r[i->c], &r[i->a]));
    case WEIR_FOLD_SET_ITEM: NEEDS(r[i->a].kind == WEIR_FOLD_TABLE && fold_set_item(m, table_of(&r[i->a]), &r[i->b], &r[i->c]));
    case WEIR_FOLD_ADD: NEEDS(add(m, WEIR_FOLD_ADD, &r[i->b], &r[i->c], &r[i->a]));
    case WEIR_FOLD_SUBTRACT: NEEDS(add(m, WEIR_FOLD_SUBTRACT, &r[i->b], &r[i->c], &r[i->a]));
    case WEIR_FOLD_MULTIPLY: NEEDS(multiply(m, &r[i->b], &r[i->c], &r[i->a]));
    case WEIR_FOLD_NOT: r[i->a] = bool_of(!holds(&r[i->b])); break;
    case WEIR_FOLD_EQUAL: r[i->a] = bool_of(fold_equal(&r[i->b], &r[i->c])); break;
    case WEIR_FOLD_LESS:
      if (!less(m, &r[i->b], &r[i->c], &truth)) return false;
      r[i->a] = bool_of(truth);
      break;
    case WEIR_FOLD_LESS_OR_EQUAL:
      if (!less_or_equal(m, &r[i->b], &r[i->c], &truth)) return false;
      r[i->a] = bool_of(truth);
      break;
    case WEIR_FOLD_JUMP: JUMPS(true);
    case WEIR_FOLD_JUMP_TRUE: JUMPS(holds(&r[i->b]));
    case WEIR_FOLD_JUMP_FALSE: JUMPS(!holds(&r[i->b]));
    case WEIR_FOLD_JUMP_EQUAL: JUMPS(fold_equal(&r[i->b], &r[i->c]) == i->a);
    case WEIR_FOLD_JUMP_LESS:
      if (!less(m, &r[i->b], &r[i->c], &truth)) return false;
      JUMPS(truth == i->a);
    case WEIR_FOLD_JUMP_LESS_OR_EQUAL:
      if (!less_or_equal(m, &r[i->b], &r[i->c], &truth)) return false;
      JUMPS(truth == i->a);
    case WEIR_FOLD_REPEAT: REPEATS(); break;
    case WEIR_FOLD_FOR_PREPARE:
      if (!fold_prepare_for(&r[i->a], &truth)) return false;
      JUMPS(!truth);
    case WEIR_FOLD_FOR_REPEAT:
      if (!fold_repeat_for(&r[i->a])) break;
      REPEATS();
      break;
    case WEIR_FOLD_EMIT: NEEDS(fold_emit(m, &r[i->b]));
    case WEIR_FOLD_GIVE_UP: return false;
    case WEIR_FOLD_RETURN: return true;
    default: NEEDS(run_rare(m, i, r));
    }
  }
}

// MARK: Keys

enum { MARGIN = 8 }; // how far from a limit of the interpreter's the machine stays

static bool give_up(machine *m, int64_t from, int64_t to) {
  if (m->given_up_count == m->given_up_capacity) {
    size_t capacity = m->given_up_capacity ? m->given_up_capacity * 2 : 16;
    struct weir_fold_range *grown = realloc(m->given_up, capacity * sizeof *grown);
    if (!grown) return false;
    m->given_up = grown;
    m->given_up_capacity = capacity;
  }
  m->given_up[m->given_up_count++] = (struct weir_fold_range){from, to};
  return true;
}

static bool run_row(machine *m, int32_t code) {
  int64_t most = m->program.limits.steps / MARGIN;
  m->steps_left = most - (int64_t)m->program.instruction_count;
  if (m->steps_left < 0 || !run(m, code)) return false;
  // Of code without loops not all runs; what repeats keeps its distance from the limit here as well.
  int64_t straight = (int64_t)m->program.instruction_count;
  m->batch_left -= straight + straight / 2 + (most - m->steps_left - straight) * MARGIN;
  return m->batch_left >= 0;
}

static bool run_key(machine *m, int64_t from, int64_t to) {
  value *state = &m->registers[0];
  fold_reset(m->arena);
  m->lived = 0;
  m->row = from;
  if (!run_row(m, m->program.initial)) return false;
  value kept = *state;
  for (m->row = from; m->row < to; m->row++) {
    if (!fold_collect(m, &kept)) return false;
    *state = kept;
    if (!run_row(m, m->program.step)) return false;
  }
  m->row = to - 1;
  if (m->program.finish == WEIR_FOLD_NO_CODE) return true;
  if (!fold_collect(m, &kept)) return false;
  *state = kept;
  return run_row(m, m->program.finish);
}

bool weir_fold_run(weir_fold_machine *m, const struct weir_fold_batch *batch) {
  m->batch = *batch;
  m->emitted = m->given_up_count = 0;
  m->batch_left = m->program.limits.batch_steps;
  for (uint32_t i = 0; i < m->program.output_count; i++) m->outputs[i].has_missing = false;
  if (!m->prepared) {
    m->makes_constants = true;
    m->steps_left = 1 << 20;
    m->prepared = m->program.prepare == WEIR_FOLD_NO_CODE || run(m, m->program.prepare);
    m->makes_constants = false;
  }
  if (!m->prepared) return false;
  for (int64_t from = 0, to; from < batch->row_count; from = to) {
    for (to = from + 1; to < batch->row_count && batch->key_of_row[to] == batch->key_of_row[from];) to++;
    size_t emitted = m->emitted;
    if (run_key(m, from, to)) continue;
    m->emitted = emitted;
    if (m->batch_left < 0 || !give_up(m, from, to)) return false;
  }
  return true;
}

// MARK: Making and leaving

static bool copy_program(machine *m) {
  struct weir_fold_program *p = &m->program;
  m->code = malloc((p->instruction_count + 1) * sizeof *m->code);
  m->registers = calloc(p->register_count + 1, sizeof *m->registers);
  m->shapes = calloc(p->shape_count + 1, sizeof *m->shapes);
  m->outputs = calloc(p->output_count + 1, sizeof *m->outputs);
  if (!m->code || !m->registers || !m->shapes || !m->outputs) return false;
  memcpy(m->code, p->instructions, p->instruction_count * sizeof *m->code);
  memcpy(m->outputs, p->outputs, p->output_count * sizeof *m->outputs);
  for (uint32_t i = 0; i < p->constant_count; i++) {
    value constant = p->constants[i];
    if (constant.kind == WEIR_FOLD_TEXT) constant.low = (uint64_t)(uintptr_t)(p->texts + constant.low);
    m->registers[p->first_constant + i] = constant;
  }
  for (uint32_t i = 0; i < p->shape_count; i++) {
    uint32_t from = i ? p->shape_ends[i - 1] : 0;
    m->shapes[i] = fold_shape(m, p->shape_names + from, p->shape_ends[i] - from);
    if (!m->shapes[i]) return false;
  }
  return true;
}

weir_fold_machine *weir_fold_create(const struct weir_fold_program *program) {
  machine *m = calloc(1, sizeof *m);
  if (!m) return NULL;
  m->program = *program;
  m->arena = &m->arenas[0];
  m->most_memory = program->limits.memory / MARGIN;
  m->most_emitted = program->limits.memory / 4 * 3 / (16 * ((int64_t)program->output_count + 1));
  m->most_items = program->limits.block / 64; // in Lua an item may take up to 48 bytes of one block
  if (copy_program(m)) return m;
  weir_fold_free(m);
  return NULL;
}

void weir_fold_free(weir_fold_machine *m) {
  for (uint32_t i = 0; m->outputs && i < m->program.output_count; i++) {
    free(m->outputs[i].values);
    free(m->outputs[i].present);
    free(m->outputs[i].ends);
  }
  while (m->last_shape) {
    shape *before = m->last_shape->made_before;
    free(m->last_shape->slot_of);
    free(m->last_shape->names);
    free(m->last_shape->next);
    free(m->last_shape);
    m->last_shape = before;
  }
  fold_release(&m->arenas[0]);
  fold_release(&m->arenas[1]);
  fold_release(&m->constants);
  free(m->emitted_rows);
  free(m->given_up);
  free(m->outputs);
  free(m->shapes);
  free(m->registers);
  free(m->code);
  free(m);
}

size_t weir_fold_emitted_count(const weir_fold_machine *m) { return m->emitted; }
const int32_t *weir_fold_emitted_rows(const weir_fold_machine *m) { return m->emitted_rows; }
const struct weir_fold_output *weir_fold_outputs(const weir_fold_machine *m) { return m->outputs; }
const struct weir_fold_range *weir_fold_given_up(const weir_fold_machine *m, size_t *count) {
  *count = m->given_up_count;
  return m->given_up;
}
