#include <math.h>
#include <stdlib.h>

#include "machine.h"

enum { FEWEST = 1024 };

static size_t width_of(const struct weir_fold_output *output) {
  switch (output->kind) {
  case WEIR_FOLD_COLUMN_BOOL: return 1;
  case WEIR_FOLD_COLUMN_DATE: return 4;
  case WEIR_FOLD_COLUMN_DECIMAL_128: return 16;
  default: return 8;
  }
}

static bool grow(void **memory, size_t bytes) {
  void *grown = realloc(*memory, bytes);
  if (grown) *memory = grown;
  return grown != NULL;
}

static bool reserve_row(machine *m) {
  // What the interpreter might not hold of one batch, it is to say.
  if ((int64_t)m->emitted > m->most_emitted) return false;
  if (m->emitted < m->capacity) return true;
  size_t capacity = m->capacity ? m->capacity * 2 : FEWEST;
  if (!grow((void **)&m->emitted_rows, capacity * sizeof *m->emitted_rows)) return false;
  for (uint32_t i = 0; i < m->program.output_count; i++) {
    struct weir_fold_output *output = &m->outputs[i];
    if (!grow((void **)&output->present, capacity)) return false;
    if (output->kind == WEIR_FOLD_COLUMN_TEXT) {
      if (!grow((void **)&output->ends, capacity * sizeof *output->ends)) return false;
    } else if (!grow(&output->values, capacity * width_of(output))) {
      return false;
    }
  }
  m->capacity = capacity;
  return true;
}

static bool put_decimal(machine *m, struct weir_fold_output *output, size_t row, const value *v) {
  value decimal;
  if (v->kind == WEIR_FOLD_DECIMAL) {
    decimal = *v;
  } else if (v->kind == WEIR_FOLD_FLOAT) {
    double number = double_of(v);
    if (!isfinite(number) || (number == 0 && signbit(number))) return false;
    if (!fold_to_decimal(m, v, &decimal)) return false;
  } else if (!fold_to_decimal(m, v, &decimal)) {
    return false;
  }
  __int128 number = coefficient(&decimal);
  int shift = output->scale - decimal.scale;
  if (shift > 0 && __builtin_mul_overflow(number, fold_power_of_ten(shift), &number)) return false;
  if (shift < 0) {
    __int128 power = fold_power_of_ten(-shift);
    if (number % power != 0) return false;
    number /= power;
  }
  if (output->kind == WEIR_FOLD_COLUMN_DECIMAL_64) {
    static const int64_t bounds[19] = {1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000, 1000000000,
                                       10000000000, 100000000000, 1000000000000, 10000000000000, 100000000000000,
                                       1000000000000000, 10000000000000000, 100000000000000000, 1000000000000000000};
    int64_t bound = bounds[output->precision];
    if (number >= bound || number <= -bound) return false;
    ((int64_t *)output->values)[row] = (int64_t)number;
    return true;
  }
  __int128 bound = fold_power_of_ten(output->precision);
  if (number >= bound || number <= -bound) return false;
  memcpy((char *)output->values + row * 16, &number, 16);
  return true;
}

static bool put_text(machine *m, struct weir_fold_output *output, size_t row, const value *v) {
  if (v->kind != WEIR_FOLD_TEXT) return false;
  size_t start = row ? (size_t)output->ends[row - 1] : 0, end = start + (size_t)v->high;
  if ((int64_t)end > m->program.limits.output) return false;
  if (end > output->byte_capacity) {
    size_t capacity = end * 2 + 4096;
    if (!grow(&output->values, capacity)) return false;
    output->byte_capacity = capacity;
  }
  if (v->high) memcpy((char *)output->values + start, text_of(v), (size_t)v->high);
  output->ends[row] = (int64_t)end;
  return true;
}

static bool put_missing(struct weir_fold_output *output, size_t row) {
  if (!output->nullable) return false;
  output->has_missing = true;
  output->present[row] = 0;
  if (output->kind == WEIR_FOLD_COLUMN_TEXT) output->ends[row] = row ? output->ends[row - 1] : 0;
  else memset((char *)output->values + row * width_of(output), 0, width_of(output));
  return true;
}

/// A value of exactly the output's type.
static bool put(machine *m, struct weir_fold_output *output, size_t row, const value *v) {
  if (v->kind == WEIR_FOLD_NIL) return put_missing(output, row);
  output->present[row] = 1;
  switch (output->kind) {
  case WEIR_FOLD_COLUMN_DECIMAL_64:
  case WEIR_FOLD_COLUMN_DECIMAL_128: return put_decimal(m, output, row, v);
  case WEIR_FOLD_COLUMN_TEXT: return put_text(m, output, row, v);
  case WEIR_FOLD_COLUMN_BOOL:
    ((uint8_t *)output->values)[row] = v->kind == WEIR_FOLD_TRUE;
    return v->kind == WEIR_FOLD_TRUE || v->kind == WEIR_FOLD_FALSE;
  case WEIR_FOLD_COLUMN_INT:
    ((int64_t *)output->values)[row] = integer(v);
    return v->kind == WEIR_FOLD_INT;
  case WEIR_FOLD_COLUMN_TIMESTAMP:
    ((int64_t *)output->values)[row] = integer(v);
    return v->kind == WEIR_FOLD_TIMESTAMP;
  case WEIR_FOLD_COLUMN_DATE:
    ((int32_t *)output->values)[row] = (int32_t)integer(v);
    return v->kind == WEIR_FOLD_DATE;
  case WEIR_FOLD_COLUMN_FLOAT: {
    if (v->kind != WEIR_FOLD_INT && v->kind != WEIR_FOLD_FLOAT) return false;
    double number = v->kind == WEIR_FOLD_INT ? (double)integer(v) : double_of(v);
    ((double *)output->values)[row] = number;
    return isfinite(number) && !(number == 0 && signbit(number));
  }
  default: return false;
  }
}

/// A row, a value for each output in order.
bool fold_emit(machine *m, const value *values) {
  if (!reserve_row(m)) return false;
  m->steps_left -= 5 + (int64_t)m->program.output_count;
  for (uint32_t i = 0; i < m->program.output_count; i++)
    if (!put(m, &m->outputs[i], m->emitted, &values[i])) return false;
  m->emitted_rows[m->emitted++] = (int32_t)m->row;
  return m->steps_left >= 0;
}

/// A row of a table's fields, each of which must be an output.
bool fold_emit_table(machine *m, const value *row) {
  if (row->kind != WEIR_FOLD_TABLE || !reserve_row(m)) return false;
  const table *t = table_of(row);
  if (t->count) return false;
  int32_t found = 0, present = 0;
  for (int32_t slot = 0; slot < t->shape->count; slot++) present += t->fields[slot].kind != WEIR_FOLD_NIL;
  m->steps_left -= 5 + (int64_t)m->program.output_count;
  for (uint32_t i = 0; i < m->program.output_count; i++) {
    int slot = t->shape->slot_of[m->outputs[i].name];
    value v = slot < 0 ? nil_of() : t->fields[slot];
    found += v.kind != WEIR_FOLD_NIL;
    if (!put(m, &m->outputs[i], m->emitted, &v)) return false;
  }
  if (found != present) return false; // a field that is no output
  m->emitted_rows[m->emitted++] = (int32_t)m->row;
  return m->steps_left >= 0;
}
