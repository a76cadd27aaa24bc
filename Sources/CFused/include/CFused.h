#pragma once
#include <stddef.h>
#include <stdint.h>

/// A loop over rows made of several operations: rows go through all of them a few hundred at a time, so that what lies between stays in the
/// nearest cache. Every lane is 64 bits wide: ints, coefficients, days, codes, bools as 0 and 1, doubles by their bits.
enum weir_fused_operation {
  WEIR_ADD,
  WEIR_SUBTRACT,
  WEIR_MULTIPLY,
  WEIR_NEGATE,
  /// As above, but a result past 64 bits fails.
  WEIR_ADD_CHECKED,
  WEIR_SUBTRACT_CHECKED,
  WEIR_MULTIPLY_CHECKED,
  /// Rounded towards negative infinity, with the rest that belongs to it; a divisor of 0 fails.
  WEIR_FLOOR_DIVIDE,
  WEIR_MODULO,
  WEIR_FLOAT_ADD,
  WEIR_FLOAT_SUBTRACT,
  WEIR_FLOAT_MULTIPLY,
  WEIR_FLOAT_DIVIDE,
  WEIR_FLOAT_NEGATE,
  WEIR_FLOAT_OF_INT,
  WEIR_LESS,
  WEIR_LESS_OR_EQUAL,
  WEIR_EQUAL,
  WEIR_FLOAT_LESS,
  WEIR_FLOAT_LESS_OR_EQUAL,
  WEIR_FLOAT_EQUAL,
  WEIR_NOT,
  WEIR_AND,
  WEIR_OR,
  /// second where first is 1, third where it is 0
  WEIR_SELECT,
  /// first / immediate (positive), rounded by `mode`
  WEIR_ROUND,
  /// Entry `first` - immediate of a table; fails where there is none.
  WEIR_LOOK_UP,
  /// The same with `first` moved into the table.
  WEIR_LOOK_UP_CLAMPED,
  /// first, failing where it lies outside immediate ... second_immediate
  WEIR_CHECK_RANGE,
};

enum weir_fused_rounding {
  WEIR_HALF_EVEN,
  WEIR_HALF_UP,
  WEIR_HALF_DOWN,
  WEIR_UP,
  WEIR_DOWN,
  WEIR_CEILING,
  WEIR_FLOOR,
};

/// Registers are numbered; `target` is none of the operands'.
struct weir_fused_instruction {
  uint16_t operation;
  uint16_t mode;
  uint16_t target, first, second, third;
  /// For look-ups: which table.
  uint32_t table;
  int64_t immediate;
  int64_t second_immediate;
};

enum weir_fused_kind { WEIR_LANE_64, WEIR_LANE_I32, WEIR_LANE_U32, WEIR_LANE_U8, WEIR_LANE_FILL };

/// A column that goes into a register or comes out of one.
struct weir_fused_lane {
  void *values;
  uint32_t kind;
  uint32_t reg;
  /// What all rows hold, of WEIR_LANE_FILL.
  int64_t fill;
};

struct weir_fused_table {
  const int64_t *values;
  int64_t count;
};

enum { WEIR_FUSED_ROWS = 256 };

struct weir_fused_loop {
  const struct weir_fused_instruction *instructions;
  size_t instruction_count;
  const struct weir_fused_lane *inputs;
  size_t input_count;
  const struct weir_fused_lane *outputs;
  size_t output_count;
  const struct weir_fused_table *tables;
  /// WEIR_FUSED_ROWS words for each register.
  int64_t *storage;
  /// Room for a pointer for each register.
  int64_t **registers;
  size_t register_count;
};

/// Runs the loop over `count` rows: 1, or 0 as soon as an operation fails in some row. Outputs then hold nothing of use.
///
/// `implementation` is one of `weir_implementation`, at most what the machine has; all give the same.
int weir_fused_run(const struct weir_fused_loop *loop, size_t count, int implementation);
