#pragma once
#include <string.h>

#include "CFold.h"

typedef struct weir_fold_value value;
typedef struct weir_fold_instruction instruction;
typedef weir_fold_machine machine;

/// Which names the fields of a table have, and where. Tables that came to be alike share one.
typedef struct shape {
  int32_t count;
  int16_t *slot_of;     // by name, -1 where there is none
  uint16_t *names;      // by slot
  struct shape **next;  // with one more name
  struct shape *made_before;
} shape;

/// Items are a run of keys without a gap, `first`, `first` + 1, …: what Lua says the length of is then never in doubt.
typedef struct table {
  struct table *moved;     // while what lives is copied
  struct table *next_moved;
  const shape *shape;
  value *fields;
  value *items;            // the item of key `first` is at `offset`
  int64_t first, count, offset, capacity;
  int32_t field_capacity;
  bool is_frozen, is_constant;
} table;

typedef struct chunk {
  struct chunk *next;
  size_t size;
  _Alignas(16) char bytes[];
} chunk;

/// Memory of one key, given back at once.
typedef struct {
  chunk *first, *current;
  char *at, *end;
  int64_t used;
} arena;

typedef struct {
  uint64_t bits;
  value decimal;
} written_float;

struct weir_fold_machine {
  struct weir_fold_program program;
  instruction *code;
  value *registers;
  shape **shapes;
  shape *empty_shape, *last_shape;
  size_t shape_total;
  arena arenas[2], constants;
  arena *arena;
  int64_t lived; // bytes that were alive when it was last collected
  int64_t steps_left, batch_left, most_items, most_memory, most_emitted;
  struct weir_fold_batch batch;
  int64_t row;
  struct weir_fold_output *outputs;
  int32_t *emitted_rows;
  size_t emitted, capacity;
  struct weir_fold_range *given_up;
  size_t given_up_count, given_up_capacity;
  written_float written[64];
  bool prepared, makes_constants;
};

static inline __int128 coefficient(const value *v) { return (__int128)((unsigned __int128)(uint64_t)v->high << 64 | v->low); }
static inline value decimal_of(__int128 number, int32_t scale) {
  return (value){WEIR_FOLD_DECIMAL, scale, (uint64_t)number, (int64_t)(number >> 64)};
}
static inline value int_of(int64_t number) { return (value){WEIR_FOLD_INT, 0, (uint64_t)number, 0}; }
static inline value bool_of(bool holds) { return (value){holds ? WEIR_FOLD_TRUE : WEIR_FOLD_FALSE, 0, 0, 0}; }
static inline value nil_of(void) { return (value){WEIR_FOLD_NIL, 0, 0, 0}; }
static inline value float_of(double number) {
  value v = {WEIR_FOLD_FLOAT, 0, 0, 0};
  memcpy(&v.low, &number, sizeof number);
  return v;
}
static inline double double_of(const value *v) {
  double number;
  memcpy(&number, &v->low, sizeof number);
  return number;
}
static inline table *table_of(const value *v) { return (table *)(uintptr_t)v->low; }
static inline const char *text_of(const value *v) { return (const char *)(uintptr_t)v->low; }
static inline bool holds(const value *v) { return v->kind >= WEIR_FOLD_TRUE; }
static inline int64_t integer(const value *v) { return (int64_t)v->low; }

static inline bool is_plain(const value *v) { return v->kind == WEIR_FOLD_INT || v->kind == WEIR_FOLD_FLOAT; }
static inline double number_of(const value *v) { return v->kind == WEIR_FOLD_INT ? (double)integer(v) : double_of(v); }
static inline bool is_time(const value *v) { return v->kind == WEIR_FOLD_DATE || v->kind == WEIR_FOLD_TIMESTAMP; }

static const int64_t day_length = 86400000000LL; // microseconds

#define FOLD_BOUND ((__int128)10000000000000000000ULL * 10000000000000000000ULL)
static inline bool fits(__int128 number) { return number < FOLD_BOUND && number > -FOLD_BOUND; }

// Numbers.c
enum { WEIR_FOLD_WRITTEN_FLOAT = -1, WEIR_FOLD_QUOTIENT = -2 };
bool fold_arithmetic(machine *m, int operation, const value *left, const value *right, value *result);
bool fold_negate(const value *operand, value *result);
bool fold_align(const value *left, const value *right, __int128 *x, __int128 *y, int32_t *scale);
bool fold_absolute(const value *operand, value *result);
bool fold_whole(const value *operand, bool up, value *result);
bool fold_round(machine *m, const value *operand, const value *scale, int mode, value *result);
bool fold_to_decimal(machine *m, const value *operand, value *result);
bool fold_prepare_for(value *loop, bool *runs);
bool fold_repeat_for(value *loop);
__int128 fold_power_of_ten(int exponent);
bool fold_date_part(const machine *m, const value *date, uint16_t name, value *result);

// Comparing.c
bool fold_less(machine *m, const value *left, const value *right, bool *result);
bool fold_less_or_equal(machine *m, const value *left, const value *right, bool *result);
bool fold_equal(const value *left, const value *right);
bool fold_extreme(machine *m, const value *operands, int count, int sign, value *result);

// Tables.c
void *fold_allocate(machine *m, size_t size);
void fold_reset(arena *a);
void fold_release(arena *a);
bool fold_collect(machine *m, value *root);
shape *fold_shape(machine *m, const uint16_t *names, size_t count);
table *fold_table(machine *m, const shape *shape, const value *fields, const value *items, int64_t count);
bool fold_add_field(machine *m, table *t, uint16_t name, const value *v);
value fold_item(const machine *m, const table *t, const value *key);
bool fold_set_item(machine *m, table *t, const value *key, const value *v);
bool fold_length(const value *operand, value *result);
bool fold_insert(machine *m, const value *into, const value *place, const value *v);
bool fold_remove(machine *m, const value *from, const value *place, value *result);

// Output.c
bool fold_emit(machine *m, const value *values);
bool fold_emit_table(machine *m, const value *row);
