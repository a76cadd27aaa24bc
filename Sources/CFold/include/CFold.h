#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// A register machine for folds: state machines over the rows of a key, in their order.
///
/// It runs Lua's meaning on values that carry their kind. What it does not know (an overflow, an operand of another
/// kind, a limit that comes near) it does not decide: the whole key goes back to whoever runs it.
enum weir_fold_kind {
  WEIR_FOLD_NIL,
  WEIR_FOLD_FALSE,
  WEIR_FOLD_TRUE,
  WEIR_FOLD_INT,
  WEIR_FOLD_FLOAT,
  WEIR_FOLD_DECIMAL,
  WEIR_FOLD_TEXT,
  WEIR_FOLD_DATE,
  WEIR_FOLD_TIMESTAMP,
  WEIR_FOLD_TABLE,
};

/// Ints, days, microseconds and the bits of floats stand in `low`; a decimal's coefficient in both halves; of a text `low`
/// is the address and `high` the length, and `scale` is 1 where the machine owns it.
struct weir_fold_value {
  int32_t kind;
  int32_t scale;
  uint64_t low;
  int64_t high;
};

/// Registers are named a, b, c; `d` is a place in the code or a number.
enum weir_fold_operation {
  WEIR_FOLD_MOVE,         // a = b
  WEIR_FOLD_COLUMN,       // a = column b of the row
  WEIR_FOLD_GET_FIELD,    // a = b[name c]
  WEIR_FOLD_SET_FIELD,    // a[name b] = c
  WEIR_FOLD_GET_ITEM,     // a = b[c]
  WEIR_FOLD_SET_ITEM,     // a[b] = c
  WEIR_FOLD_LENGTH,       // a = #b
  WEIR_FOLD_TABLE_OF,     // a = a table of shape d, its fields in b, b + 1, …, then c items behind them
  WEIR_FOLD_FREEZE,       // a becomes read-only
  WEIR_FOLD_ADD,          // a = b + c
  WEIR_FOLD_SUBTRACT,
  WEIR_FOLD_MULTIPLY,
  WEIR_FOLD_DIVIDE,
  WEIR_FOLD_FLOOR_DIVIDE,
  WEIR_FOLD_MODULO,
  WEIR_FOLD_POWER,
  WEIR_FOLD_NEGATE,       // a = -b
  WEIR_FOLD_NOT,          // a = not b
  WEIR_FOLD_EQUAL,        // a = b == c
  WEIR_FOLD_LESS,
  WEIR_FOLD_LESS_OR_EQUAL,
  WEIR_FOLD_JUMP,         // to d
  WEIR_FOLD_JUMP_TRUE,    // to d where b holds
  WEIR_FOLD_JUMP_FALSE,
  WEIR_FOLD_JUMP_EQUAL,   // to d where (b == c) is a
  WEIR_FOLD_JUMP_LESS,
  WEIR_FOLD_JUMP_LESS_OR_EQUAL,
  WEIR_FOLD_REPEAT,       // back to d, which costs steps
  WEIR_FOLD_FOR_PREPARE,  // a: first, limit, step, variable; to d where nothing is repeated
  WEIR_FOLD_FOR_REPEAT,   // back to d while there is more
  WEIR_FOLD_LEAST,        // a = the least of b, b + 1, … (c of them)
  WEIR_FOLD_GREATEST,
  WEIR_FOLD_ABSOLUTE,     // a = |b|
  WEIR_FOLD_FLOOR,
  WEIR_FOLD_CEILING,
  WEIR_FOLD_ROUND,        // a = b rounded to c decimals by mode d
  WEIR_FOLD_INSERT,       // puts c at place b of a
  WEIR_FOLD_REMOVE,       // a = what was at place c of b
  WEIR_FOLD_CALL,         // a = function d of the host, of b, b + 1, … (c of them)
  WEIR_FOLD_EMIT,         // a row whose outputs are b, b + 1, …
  WEIR_FOLD_EMIT_TABLE,   // a row of the fields of b
  WEIR_FOLD_GIVE_UP,      // the interpreter decides
  WEIR_FOLD_RETURN,
};

/// How a number loses digits; the order is that of `RoundingMode`.
enum weir_fold_rounding {
  WEIR_FOLD_HALF_EVEN,
  WEIR_FOLD_HALF_UP,
  WEIR_FOLD_HALF_DOWN,
  WEIR_FOLD_UP,
  WEIR_FOLD_DOWN,
  WEIR_FOLD_TO_CEILING,
  WEIR_FOLD_TO_FLOOR,
};

struct weir_fold_instruction {
  uint16_t operation, a, b, c;
  int32_t d;
};

enum weir_fold_column_kind {
  WEIR_FOLD_COLUMN_BOOL,
  WEIR_FOLD_COLUMN_INT,
  WEIR_FOLD_COLUMN_FLOAT,
  WEIR_FOLD_COLUMN_DECIMAL_64,
  WEIR_FOLD_COLUMN_DECIMAL_128,
  WEIR_FOLD_COLUMN_DATE,
  WEIR_FOLD_COLUMN_TIMESTAMP,
  /// Row n is bytes[ends[n - 1] ..< ends[n]].
  WEIR_FOLD_COLUMN_TEXT,
  /// The same of a dictionary, by code.
  WEIR_FOLD_COLUMN_CODED,
};

struct weir_fold_column {
  int32_t kind, scale;
  const void *values; // of texts the bytes
  const bool *present;
  const int64_t *ends;
  const uint32_t *codes;
};

/// A column of what is emitted. `scale` and `precision` are a decimal's.
struct weir_fold_output {
  int32_t kind, scale, precision;
  bool nullable, has_missing;
  uint16_t name;
  void *values;
  uint8_t *present;
  int64_t *ends;
  size_t byte_capacity;
};

struct weir_fold_limits {
  int64_t steps, batch_steps, memory, block, output;
};

typedef bool (*weir_fold_call)(void *context, int32_t function, const struct weir_fold_value *arguments, int32_t count,
                               struct weir_fold_value *result);

enum { WEIR_FOLD_NO_CODE = -1 };

/// What is run. The machine copies all but `texts`, `names` and `name_ends`, which outlive it.
struct weir_fold_program {
  const struct weir_fold_instruction *instructions;
  size_t instruction_count;
  /// Where code begins: constant tables, a key's state (left in register 0), a row, a key's end.
  int32_t prepare, initial, step, finish;
  uint32_t register_count;
  /// They fill the registers from `first_constant` on; of a text `low` is where it begins in `texts`.
  const struct weir_fold_value *constants;
  uint32_t first_constant, constant_count;
  const char *texts;
  /// Texts that stand for fields, by number.
  const char *names;
  const int64_t *name_ends;
  uint32_t name_count;
  /// The numbers of year, quarter, month and day.
  uint16_t date_parts[4];
  /// Shapes of tables: name numbers one shape after the other, and where each ends.
  const uint16_t *shape_names;
  const uint32_t *shape_ends;
  uint32_t shape_count;
  const struct weir_fold_output *outputs;
  uint32_t output_count;
  struct weir_fold_limits limits;
};

struct weir_fold_range {
  int64_t from, to;
};

typedef struct weir_fold_machine weir_fold_machine;

/// NULL where there is no memory.
weir_fold_machine *weir_fold_create(const struct weir_fold_program *program);
void weir_fold_free(weir_fold_machine *machine);

struct weir_fold_batch {
  const struct weir_fold_column *columns;
  /// Equal numbers one after the other are one key.
  const uint32_t *key_of_row;
  int64_t row_count;
  /// Runs functions of the host, a float as a decimal (function -1) and quotients of decimals (-2) among them.
  weir_fold_call call;
  void *context;
};

/// Folds the rows of whole keys; false where all of them go to the interpreter. What was emitted is valid until the next call.
bool weir_fold_run(weir_fold_machine *machine, const struct weir_fold_batch *batch);

size_t weir_fold_emitted_count(const weir_fold_machine *machine);
/// For each emitted row the row that it came of.
const int32_t *weir_fold_emitted_rows(const weir_fold_machine *machine);
const struct weir_fold_output *weir_fold_outputs(const weir_fold_machine *machine);
/// The rows of the keys that were given up, ascending.
const struct weir_fold_range *weir_fold_given_up(const weir_fold_machine *machine, size_t *count);

/// A copy of a text that lives as long as what holds it; NULL where there is no room.
const char *weir_fold_keep_text(weir_fold_machine *machine, const char *text, size_t length);
