#include <math.h>

#include "machine.h"

// A product and a sum of floats are two roundings, as they are in Lua.
#pragma STDC FP_CONTRACT OFF

/// 10^0 to 10^19; what is greater is a product of two.
static const uint64_t powers[20] = {
    1ULL, 10ULL, 100ULL, 1000ULL, 10000ULL, 100000ULL, 1000000ULL, 10000000ULL, 100000000ULL, 1000000000ULL,
    10000000000ULL, 100000000000ULL, 1000000000000ULL, 10000000000000ULL, 100000000000000ULL, 1000000000000000ULL,
    10000000000000000ULL, 100000000000000000ULL, 1000000000000000000ULL, 10000000000000000000ULL};

__int128 fold_power_of_ten(int exponent) {
  return exponent < 20 ? (__int128)powers[exponent] : (__int128)((unsigned __int128)powers[19] * powers[exponent - 19]);
}

/// The value as a decimal: a decimal, an int, or a float as it is written.
bool fold_to_decimal(machine *m, const value *operand, value *result) {
  if (operand->kind == WEIR_FOLD_DECIMAL) return *result = *operand, true;
  if (operand->kind == WEIR_FOLD_INT) return *result = decimal_of((__int128)integer(operand), 0), true;
  if (operand->kind != WEIR_FOLD_FLOAT) return false;
  written_float *known = &m->written[(operand->low * 0x9E3779B97F4A7C15ULL) >> 58];
  if (known->decimal.kind && known->bits == operand->low) return *result = known->decimal, true;
  if (!m->batch.call || !m->batch.call(m->batch.context, WEIR_FOLD_WRITTEN_FLOAT, operand, 1, result)) return false;
  *known = (written_float){operand->low, *result};
  return true;
}

/// Both coefficients at the greater scale.
bool fold_align(const value *left, const value *right, __int128 *x, __int128 *y, int32_t *scale) {
  *x = coefficient(left);
  *y = coefficient(right);
  *scale = left->scale > right->scale ? left->scale : right->scale;
  if (left->scale < *scale) return !__builtin_mul_overflow(*x, fold_power_of_ten(*scale - left->scale), x);
  if (right->scale < *scale) return !__builtin_mul_overflow(*y, fold_power_of_ten(*scale - right->scale), y);
  return true;
}

static bool decimal_arithmetic(machine *m, int operation, const value *left, const value *right, value *result) {
  value a, b;
  if (!fold_to_decimal(m, left, &a) || !fold_to_decimal(m, right, &b)) return false;
  __int128 x, y, z;
  int32_t scale;
  switch (operation) {
  case WEIR_FOLD_ADD:
    if (!fold_align(&a, &b, &x, &y, &scale) || __builtin_add_overflow(x, y, &z)) return false;
    break;
  case WEIR_FOLD_SUBTRACT:
    if (!fold_align(&a, &b, &x, &y, &scale) || __builtin_sub_overflow(x, y, &z)) return false;
    break;
  case WEIR_FOLD_MULTIPLY:
    scale = a.scale + b.scale;
    if (scale > 38 || __builtin_mul_overflow(coefficient(&a), coefficient(&b), &z)) return false;
    break;
  case WEIR_FOLD_DIVIDE: {
    if (coefficient(&b) == 0) return false;
    value pair[2] = {a, b};
    return m->batch.call && m->batch.call(m->batch.context, WEIR_FOLD_QUOTIENT, pair, 2, result);
  }
  default: return false;
  }
  if (!fits(z)) return false;
  *result = decimal_of(z, scale);
  return true;
}

static const int64_t earliest = -719162, latest = 2932896; // 0001-01-01 and 9999-12-31

static int64_t day_of(const value *v) {
  if (v->kind == WEIR_FOLD_DATE) return integer(v);
  int64_t days = integer(v) / day_length;
  return integer(v) % day_length < 0 ? days - 1 : days;
}

static bool moved_date(const value *date, int64_t days, value *result) {
  if (days > 10000000 || days < -10000000) return false;
  int64_t day = integer(date) + days;
  *result = (value){WEIR_FOLD_DATE, 0, (uint64_t)day, 0};
  return day >= earliest && day <= latest;
}

static bool date_arithmetic(int operation, const value *left, const value *right, value *result) {
  if (operation == WEIR_FOLD_ADD) {
    const value *date = is_time(left) ? left : right, *days = date == left ? right : left;
    return date->kind == WEIR_FOLD_DATE && days->kind == WEIR_FOLD_INT && moved_date(date, integer(days), result);
  }
  if (operation != WEIR_FOLD_SUBTRACT) return false;
  if (is_time(left) && is_time(right)) {
    if (left->kind == WEIR_FOLD_TIMESTAMP && right->kind == WEIR_FOLD_TIMESTAMP)
      *result = decimal_of((__int128)integer(left) - integer(right), 6); // seconds, exactly
    else *result = int_of(day_of(left) - day_of(right));
    return true;
  }
  return left->kind == WEIR_FOLD_DATE && right->kind == WEIR_FOLD_INT && integer(right) >= -10000000 &&
         moved_date(left, -integer(right), result);
}

static bool int_arithmetic(int operation, int64_t x, int64_t y, value *result) {
  switch (operation) {
  case WEIR_FOLD_ADD: return *result = int_of((int64_t)((uint64_t)x + (uint64_t)y)), true;
  case WEIR_FOLD_SUBTRACT: return *result = int_of((int64_t)((uint64_t)x - (uint64_t)y)), true;
  case WEIR_FOLD_MULTIPLY: return *result = int_of((int64_t)((uint64_t)x * (uint64_t)y)), true;
  case WEIR_FOLD_FLOOR_DIVIDE:
    if (y == 0) return false;
    if (y == -1) return *result = int_of((int64_t)(0 - (uint64_t)x)), true;
    return *result = int_of(x / y - (x % y != 0 && (x ^ y) < 0)), true;
  case WEIR_FOLD_MODULO: {
    if (y == 0) return false;
    if (y == -1) return *result = int_of(0), true;
    int64_t rest = x % y;
    return *result = int_of(rest != 0 && (rest ^ y) < 0 ? rest + y : rest), true;
  }
  default: return false;
  }
}

static void float_arithmetic(int operation, double x, double y, value *result) {
  switch (operation) {
  case WEIR_FOLD_ADD: *result = float_of(x + y); break;
  case WEIR_FOLD_SUBTRACT: *result = float_of(x - y); break;
  case WEIR_FOLD_MULTIPLY: *result = float_of(x * y); break;
  case WEIR_FOLD_DIVIDE: *result = float_of(x / y); break;
  case WEIR_FOLD_FLOOR_DIVIDE: *result = float_of(floor(x / y)); break;
  case WEIR_FOLD_MODULO: {
    double rest = fmod(x, y);
    if (rest > 0 ? y < 0 : rest < 0 && y > 0) rest += y; // opposite signs alone
    *result = float_of(rest);
    break;
  }
  default: *result = float_of(y == 2 ? x * x : pow(x, y));
  }
}

bool fold_arithmetic(machine *m, int operation, const value *left, const value *right, value *result) {
  bool is_division = operation == WEIR_FOLD_DIVIDE || operation == WEIR_FOLD_POWER;
  if (left->kind == WEIR_FOLD_INT && right->kind == WEIR_FOLD_INT && !is_division)
    return int_arithmetic(operation, integer(left), integer(right), result);
  if (is_plain(left) && is_plain(right))
    return float_arithmetic(operation, number_of(left), number_of(right), result), true;
  if (left->kind == WEIR_FOLD_DECIMAL || right->kind == WEIR_FOLD_DECIMAL)
    return decimal_arithmetic(m, operation, left, right, result);
  if (is_time(left) || is_time(right)) return date_arithmetic(operation, left, right, result);
  return false;
}

bool fold_negate(const value *operand, value *result) {
  switch (operand->kind) {
  case WEIR_FOLD_INT: *result = int_of((int64_t)(0 - operand->low)); return true;
  case WEIR_FOLD_FLOAT: *result = float_of(-double_of(operand)); return true;
  case WEIR_FOLD_DECIMAL: *result = decimal_of(-coefficient(operand), operand->scale); return true;
  default: return false;
  }
}

bool fold_absolute(const value *operand, value *result) {
  switch (operand->kind) {
  case WEIR_FOLD_INT: *result = int_of(integer(operand) < 0 ? (int64_t)(0 - operand->low) : integer(operand)); return true;
  case WEIR_FOLD_FLOAT: *result = float_of(fabs(double_of(operand))); return true;
  case WEIR_FOLD_DECIMAL: {
    __int128 number = coefficient(operand);
    *result = decimal_of(number < 0 ? -number : number, operand->scale);
    return true;
  }
  default: return false;
  }
}

/// floor and ceil.
bool fold_whole(const value *operand, bool up, value *result) {
  if (operand->kind == WEIR_FOLD_INT) return *result = *operand, true;
  if (operand->kind == WEIR_FOLD_DECIMAL) {
    __int128 power = fold_power_of_ten(operand->scale), number = coefficient(operand);
    __int128 whole = number / power, rest = number % power;
    if (!up && rest < 0) whole--;
    if (up && rest > 0) whole++;
    return *result = decimal_of(whole, 0), true;
  }
  if (operand->kind != WEIR_FOLD_FLOAT) return false;
  double number = up ? ceil(double_of(operand)) : floor(double_of(operand));
  bool is_int = number >= -9223372036854775808.0 && number < 9223372036854775808.0;
  *result = is_int ? int_of((int64_t)number) : float_of(number);
  return true;
}

/// Whether a magnitude that lost `rest` of `divisor` is raised by one.
static bool raises(int mode, bool is_negative, bool is_odd, unsigned __int128 rest, unsigned __int128 divisor) {
  if (rest == 0) return false;
  unsigned __int128 opposite = divisor - rest;
  switch (mode) {
  case WEIR_FOLD_HALF_EVEN: return rest > opposite || (rest == opposite && is_odd);
  case WEIR_FOLD_HALF_UP: return rest >= opposite;
  case WEIR_FOLD_HALF_DOWN: return rest > opposite;
  case WEIR_FOLD_UP: return true;
  case WEIR_FOLD_DOWN: return false;
  case WEIR_FOLD_TO_CEILING: return !is_negative;
  default: return is_negative;
  }
}

bool fold_round(machine *m, const value *operand, const value *scale, int mode, value *result) {
  if (scale->kind != WEIR_FOLD_INT || integer(scale) < 0 || integer(scale) > 38) return false;
  if (operand->kind == WEIR_FOLD_INT || operand->kind == WEIR_FOLD_NIL) return *result = *operand, true;
  value decimal;
  if (!fold_to_decimal(m, operand, &decimal)) return false;
  int shift = decimal.scale - (int)integer(scale);
  __int128 number = coefficient(&decimal);
  if (shift <= 0) {
    if (__builtin_mul_overflow(number, fold_power_of_ten(-shift), &number) || !fits(number)) return false;
    return *result = decimal_of(number, (int32_t)integer(scale)), true;
  }
  bool is_negative = number < 0;
  unsigned __int128 magnitude = is_negative ? -(unsigned __int128)number : (unsigned __int128)number, quotient, rest;
  unsigned __int128 divisor = (unsigned __int128)fold_power_of_ten(shift);
  if (magnitude <= UINT64_MAX && shift <= 19) {
    quotient = (uint64_t)magnitude / (uint64_t)divisor;
    rest = (uint64_t)magnitude % (uint64_t)divisor;
  } else {
    quotient = magnitude / divisor;
    rest = magnitude % divisor;
  }
  if (raises(mode, is_negative, quotient & 1, rest, divisor)) quotient++;
  *result = decimal_of(is_negative ? -(__int128)quotient : (__int128)quotient, (int32_t)integer(scale));
  return true;
}

/// first, limit, step become first, how often more, step.
bool fold_prepare_for(value *loop, bool *runs) {
  value *first = loop, *limit = loop + 1, *step = loop + 2;
  if (first->kind == WEIR_FOLD_INT && step->kind == WEIR_FOLD_INT) {
    int64_t from = integer(first), by = integer(step), to;
    if (by == 0) return false;
    if (limit->kind == WEIR_FOLD_INT) {
      to = integer(limit);
    } else if (limit->kind == WEIR_FOLD_FLOAT) {
      double bound = by > 0 ? floor(double_of(limit)) : ceil(double_of(limit));
      if (!(bound > -9e18 && bound < 9e18)) return false;
      to = (int64_t)bound;
    } else {
      return false;
    }
    *runs = by > 0 ? from <= to : from >= to;
    if (!*runs) return true;
    uint64_t distance = by > 0 ? (uint64_t)to - (uint64_t)from : (uint64_t)from - (uint64_t)to;
    uint64_t stride = by > 0 ? (uint64_t)by : 0 - (uint64_t)by;
    *limit = int_of((int64_t)(distance / stride));
    loop[3] = *first;
    return true;
  }
  if (!is_plain(first) || !is_plain(limit) || !is_plain(step)) return false;
  double from = number_of(first), to = number_of(limit), by = number_of(step);
  if (by == 0) return false;
  *first = float_of(from);
  *limit = float_of(to);
  *step = float_of(by);
  *runs = !(by > 0 ? to < from : from < to); // NaN stops nothing here
  loop[3] = *first;
  return true;
}

/// Moves a loop on; whether it goes on.
bool fold_repeat_for(value *loop) {
  if (loop[2].kind == WEIR_FOLD_INT) {
    if (loop[1].low == 0) return false;
    loop[1].low--;
    loop[0].low += loop[2].low;
    loop[3] = loop[0];
    return true;
  }
  double next = double_of(&loop[0]) + double_of(&loop[2]), by = double_of(&loop[2]), to = double_of(&loop[1]);
  if (by > 0 ? next <= to : to <= next) {
    loop[0] = loop[3] = float_of(next);
    return true;
  }
  return false;
}

/// A day as year, month and day: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms".
bool fold_date_part(const machine *m, const value *date, uint16_t name, value *result) {
  int64_t shifted = day_of(date) + 719468, era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
  int64_t day = shifted - era * 146097, year = (day - day / 1460 + day / 36524 - day / 146096) / 365;
  int64_t day_of_year = day - (365 * year + year / 4 - year / 100), month = (5 * day_of_year + 2) / 153;
  int64_t real_month = month < 10 ? month + 3 : month - 9;
  const uint16_t *parts = m->program.date_parts;
  if (name == parts[0]) *result = int_of(year + era * 400 + (real_month <= 2));
  else if (name == parts[1]) *result = int_of((real_month + 2) / 3);
  else if (name == parts[2]) *result = int_of(real_month);
  else if (name == parts[3]) *result = int_of(day_of_year - (153 * month + 2) / 5 + 1);
  else return false;
  return true;
}
