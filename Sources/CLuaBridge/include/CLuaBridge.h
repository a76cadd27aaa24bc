#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// One Lua state behind plain structs. Every function that runs Lua does so inside lua_pcall; none ever jumps over its caller.

typedef struct weir_state weir_state;

typedef enum {
  WEIR_OK, WEIR_SYNTAX, WEIR_RUNTIME, WEIR_INSTRUCTIONS, WEIR_MEMORY, WEIR_DEADLINE, WEIR_RESULT, WEIR_HOST,
  WEIR_REJECTED
} weir_status;

typedef enum {
  WEIR_NIL, WEIR_BOOL, WEIR_INT, WEIR_FLOAT, WEIR_STRING, WEIR_DECIMAL, WEIR_DATE, WEIR_TIMESTAMP, WEIR_TABLE,
  WEIR_FUNCTION, WEIR_LIST, WEIR_ROW
} weir_kind;

/// One node of a value, parents before children. A table is followed by `integer` pairs of key and value.
typedef struct {
  int32_t kind;
  int32_t scale;     ///< of a decimal; of a function its parameters
  int64_t integer;   ///< bool, int, days, microseconds, high half of a decimal, pairs of a table, number of a function
  uint64_t low;      ///< low half of a decimal; lines of a function: first << 32 | last
  double number;
  const char *text;  ///< of a string; of a function its source's path
  size_t length;
} weir_value;

typedef struct weir_values weir_values;
size_t weir_values_count(const weir_values *values);
const weir_value *weir_values_items(const weir_values *values);
void weir_values_clear(weir_values *values);
/// Appends a node; text is copied.
void weir_values_append(weir_values *values, weir_value value);

typedef struct {
  int64_t steps;      ///< of one call or one row
  int64_t batch_steps; ///< of one batch
  int64_t memory;
  int64_t block;
  int64_t output;
  double seconds;
} weir_limits;

/// What Swift gives back to C; they fill what they are given and return.
typedef struct {
  void *context;
  /// Quotient, half-even at 18 decimals; false where there is none.
  bool (*divide)(uint64_t low, int64_t high, int32_t scale, uint64_t other_low, int64_t other_high,
                 int32_t other_scale, uint64_t *result_low, int64_t *result_high);
  int32_t (*compare)(uint64_t low, int64_t high, int32_t scale, uint64_t other_low, int64_t other_high,
                     int32_t other_scale);
  /// Calls a function of the host; false: `reply` holds a message.
  bool (*call)(void *context, int32_t function, const weir_value *arguments, size_t nodes, int32_t count,
               weir_values *reply);
} weir_callbacks;

weir_state *weir_create(weir_limits limits, weir_callbacks callbacks);
void weir_close(weir_state *state);
/// A flag that any thread may raise and that states look at: they stop at their next check.
typedef struct weir_flag weir_flag;
weir_flag *weir_flag_make(void);
void weir_flag_raise(weir_flag *flag);
bool weir_flag_is_raised(const weir_flag *flag);
void weir_flag_free(weir_flag *flag);
void weir_watch(weir_state *state, weir_flag *flag);

/// A host function by dotted name (`math.abs` goes into the table `math`). Before the first load.
weir_status weir_add_function(weir_state *state, const char *name, int32_t number);
weir_status weir_set_global(weir_state *state, const char *name, const weir_value *nodes);
void weir_add_module(weir_state *state, const char *name, const char *source, size_t length);

weir_status weir_load(weir_state *state, const char *source, size_t length, const char *path);
/// A global that the file which was loaded last defined.
weir_status weir_global(weir_state *state, const char *name);
weir_status weir_call(weir_state *state, int32_t function, const weir_value *nodes, int32_t count);
/// The names and values of a function's upvalues, as pairs of a table.
weir_status weir_upvalues(weir_state *state, int32_t function);
/// The function's compiled form, as a string.
weir_status weir_bytecode(weir_state *state, int32_t function);
/// What the last call gave back; valid until the next one.
const weir_values *weir_reply(const weir_state *state);

typedef struct {
  int32_t status;
  int32_t line;
  int64_t row;
  const char *message;
  const char *path;
  const char *traceback;
} weir_failure;

/// The text of a float, as scripts' `tostring` gives it; `text` has room for 64 bytes.
size_t weir_number_text(double value, char *text);

/// Why the last call failed.
weir_failure weir_last_failure(const weir_state *state);
int64_t weir_steps_used(const weir_state *state);
/// What scripts logged: lines of path, line, order (-1: none) and text with \x1f between; `lost` lines passed the limit.
size_t weir_log(const weir_state *state, const char **text, int64_t *lost);
void weir_log_clear(weir_state *state);
size_t weir_memory_used(const weir_state *state);

/// From now on the lines that run are noted, which slows every one of them. Before the first load.
void weir_cover(weir_state *state);
/// The file of a number from 0 of which lines were run, a bit each; false where there are not so many.
bool weir_covered_file(const weir_state *state, int32_t index, const char **path, const uint8_t **lines, int32_t *bytes);

/// The rows of one column. Decimals are pairs of 64-bit halves, low first.
typedef struct weir_column {
  int32_t kind;
  int32_t scale;
  const void *values;
  const uint8_t *present;
  const int64_t *ends;
  const struct weir_column *element;
} weir_column;

typedef enum { WEIR_ARGUMENT_ROW, WEIR_ARGUMENT_COLUMN, WEIR_ARGUMENT_CONSTANT, WEIR_ARGUMENT_CHOICE } weir_argument_kind;

typedef struct {
  int32_t kind;
  int32_t column_count;
  const char *const *names;
  const weir_column *columns;
  const weir_value *nodes;   ///< constants, one after the other
  int32_t constant_count;
  const int32_t *choices;
} weir_argument;

/// A column that grows by one value a row. Made, read and freed by Swift, filled by C.
typedef struct weir_result {
  const char *name;
  int32_t kind;
  int32_t precision;
  int32_t scale;
  bool nullable;
  bool rounds_later; ///< of a decimal: more decimals than `scale` are cut so that rounding to two fewer goes as it would have gone
  size_t count;
  size_t capacity;
  void *values;       ///< 1, 4, 8 or 16 bytes each; the bytes of texts
  uint8_t *present;
  int64_t *ends;      ///< of texts and lists
  size_t byte_capacity;
  bool has_missing;
  struct weir_result *element;
} weir_result;

void weir_result_free(weir_result *result);

/// WHOLE: one call with all rows as an array of tables, from the only argument, a ROW.
typedef enum { WEIR_MAP, WEIR_STEP, WEIR_FOLD, WEIR_WHOLE } weir_mode;

typedef struct {
  int32_t mode;
  int32_t function;
  int32_t initial;
  int32_t finish;
  const weir_argument *arguments;
  int32_t argument_count;
  int64_t row_count;
  weir_result *results;
  int32_t result_count;
  int32_t groups;               ///< number of the groups that rows step
  const uint32_t *group_of_row; ///< STEP: the group; FOLD: equal numbers one after the other are one key
  // Filled:
  weir_failure *failures;       ///< rows that raised, in order; freed by weir_batch_free
  size_t failure_count;
  size_t failure_capacity;
  int32_t *emitted_rows;        ///< FOLD: a row of the key that each emitted row belongs to
  size_t emitted_count;
  size_t emitted_capacity;
  // Own:
  int64_t row;
  size_t row_emitted; ///< emitted before this row: what a row that raises goes back to
} weir_batch;

weir_status weir_run(weir_state *state, weir_batch *batch);
void weir_batch_free(weir_batch *batch);

weir_status weir_groups_make(weir_state *state, int32_t *number);
weir_status weir_groups_drop(weir_state *state, int32_t number);
/// Sets the states of `count` groups to as many values, one after the other in the nodes.
weir_status weir_groups_import(weir_state *state, int32_t number, const int64_t *groups, int64_t count,
                               const weir_value *nodes);
/// The states of groups 0 to `count - 1` as values of the reply. Raises where one is no plain data.
weir_status weir_groups_export(weir_state *state, int32_t number, int64_t count);
/// Merges consecutive states of one table into another: group `g` of `into` gets those from `ends[g - 1]` to before
/// `ends[g]`, in that order, and nothing where there are none.
weir_status weir_groups_combine(weir_state *state, int32_t number, int32_t into, int32_t merge, const int64_t *ends,
                                int64_t count);
weir_status weir_groups_finish(weir_state *state, int32_t number, int32_t initial, weir_batch *batch);

/// An input that a script reads and that the host has opened.
typedef struct {
  int32_t function; ///< `rows(input, emit)`
  const char *name; ///< of the input, as scripts see it
  void *context;
  /// The next bytes, which stay until the next call; gives how many: 0 at the end, below 0 where they cannot be read.
  int64_t (*more)(void *context, const char **bytes);
  weir_result *results;
  int32_t result_count;
  // Filled by weir_source_next:
  int64_t *starts; ///< where the line, or the bytes, begin that each emitted row came from
  size_t row_count;
  weir_failure *refused; ///< rows that could not be used: `row` is where in the input, `line` the line of the script
  size_t refused_count;
  int64_t line; ///< of the input, from 1: the one that was read last
  bool is_done;
  // Own:
  size_t start_capacity, refused_capacity;
  /// What the reasons of all that was set aside take: they are held until the run ends.
  int64_t refused_bytes;
  const char *bytes;
  size_t length, place;
  bool is_at_end;
  int64_t position, start, resumed;
  int64_t steps; ///< left of what the input paid for
  char *carry;
  size_t carried, carry_capacity;
  int32_t thread;
} weir_source;

/// Runs the script until it has emitted a few thousand rows or is done.
weir_status weir_source_next(weir_state *state, weir_source *source);
void weir_source_free(weir_state *state, weir_source *source);

/// A table that a script writes as bytes.
typedef struct {
  int32_t function;            ///< `write(rows, out)`
  const weir_argument *rows;   ///< of kind ROW
  int64_t row_count;
  void *context;
  /// Takes bytes; false where they cannot be written.
  bool (*write)(void *context, const char *bytes, size_t length);
  // Own:
  int64_t next;
  int64_t written;
  char *buffer;
  size_t buffered;
} weir_export;

weir_status weir_export_run(weir_state *state, weir_export *request);
