#include <math.h>

#include "machine.h"

static int64_t instant_of(const value *v) { return v->kind == WEIR_FOLD_DATE ? integer(v) * day_length : integer(v); }

static int compare_texts(const value *left, const value *right) {
  size_t a = (size_t)left->high, b = (size_t)right->high, shorter = a < b ? a : b;
  int order = shorter ? memcmp(text_of(left), text_of(right), shorter) : 0;
  return order ? order : a < b ? -1 : a > b;
}

/// -1, 0 or 1.
static int compare_decimals(const value *left, const value *right) {
  __int128 x = coefficient(left), y = coefficient(right);
  int32_t scale;
  if (left->scale != right->scale && !fold_align(left, right, &x, &y, &scale)) {
    // What passes 128 bits at the greater scale is farther from zero than whatever does not.
    const value *greater = left->scale < right->scale ? left : right;
    int sign = coefficient(greater) < 0 ? -1 : 1;
    return greater == left ? sign : -sign;
  }
  return x < y ? -1 : x > y;
}

static const int64_t exact_ints = (int64_t)1 << 53;

/// Whether a float beside this compares with it as numbers do.
static bool converts(const value *v) {
  return v->kind == WEIR_FOLD_FLOAT || (integer(v) <= exact_ints && integer(v) >= -exact_ints);
}

/// A decimal and a small int, without making a decimal of the int.
static inline bool compare_with_int(const value *decimal, const value *whole, int *order) {
  __int128 x = coefficient(decimal), y;
  if (decimal->scale > 19 || __builtin_mul_overflow((__int128)integer(whole), fold_power_of_ten(decimal->scale), &y)) return false;
  return *order = x < y ? -1 : x > y, true;
}

/// -1, 0 or 1 of values that have an order, NaN not among them; false for all others.
static bool compare(machine *m, const value *left, const value *right, int *order) {
  if (left->kind == WEIR_FOLD_TEXT && right->kind == WEIR_FOLD_TEXT) return *order = compare_texts(left, right), true;
  if (is_time(left) && is_time(right)) {
    bool whole = left->kind == WEIR_FOLD_DATE && right->kind == WEIR_FOLD_DATE;
    int64_t x = whole ? integer(left) : instant_of(left), y = whole ? integer(right) : instant_of(right);
    return *order = x < y ? -1 : x > y, true;
  }
  if (left->kind == WEIR_FOLD_DECIMAL && right->kind == WEIR_FOLD_INT && compare_with_int(left, right, order)) return true;
  if (left->kind == WEIR_FOLD_INT && right->kind == WEIR_FOLD_DECIMAL && compare_with_int(right, left, order))
    return *order = -*order, true;
  value a, b;
  if (left->kind != WEIR_FOLD_DECIMAL && right->kind != WEIR_FOLD_DECIMAL) return false;
  if (!fold_to_decimal(m, left, &a) || !fold_to_decimal(m, right, &b)) return false;
  return *order = compare_decimals(&a, &b), true;
}

bool fold_less(machine *m, const value *left, const value *right, bool *result) {
  if (left->kind == WEIR_FOLD_INT && right->kind == WEIR_FOLD_INT)
    return *result = integer(left) < integer(right), true;
  if (is_plain(left) && is_plain(right))
    return *result = number_of(left) < number_of(right), converts(left) && converts(right);
  int order;
  if (!compare(m, left, right, &order)) return false;
  return *result = order < 0, true;
}

bool fold_less_or_equal(machine *m, const value *left, const value *right, bool *result) {
  if (left->kind == WEIR_FOLD_INT && right->kind == WEIR_FOLD_INT)
    return *result = integer(left) <= integer(right), true;
  if (is_plain(left) && is_plain(right))
    return *result = number_of(left) <= number_of(right), converts(left) && converts(right);
  int order;
  if (!compare(m, left, right, &order)) return false;
  return *result = order <= 0, true;
}

static bool equal_numbers(const value *left, const value *right) {
  if (left->kind == right->kind)
    return left->kind == WEIR_FOLD_INT ? left->low == right->low : double_of(left) == double_of(right);
  double number = double_of(left->kind == WEIR_FOLD_FLOAT ? left : right);
  int64_t whole = integer(left->kind == WEIR_FOLD_INT ? left : right);
  return number >= -9223372036854775808.0 && number < 9223372036854775808.0 && (int64_t)number == whole &&
         floor(number) == number;
}

bool fold_equal(const value *left, const value *right) {
  if (is_plain(left) && is_plain(right)) return equal_numbers(left, right);
  if (is_time(left) && is_time(right)) return instant_of(left) == instant_of(right);
  if (left->kind != right->kind) return false;
  switch (left->kind) {
  case WEIR_FOLD_DECIMAL: return compare_decimals(left, right) == 0;
  case WEIR_FOLD_TEXT: return left->high == right->high && compare_texts(left, right) == 0;
  case WEIR_FOLD_TABLE: return left->low == right->low;
  default: return true;
  }
}

/// How two operands of math.min and math.max compare.
static bool rank(machine *m, const value *left, const value *right, int *order) {
  if (is_plain(left) && is_plain(right)) {
    bool before, after;
    if (!fold_less(m, left, right, &before) || !fold_less(m, right, left, &after)) return false;
    return *order = before ? -1 : after, true;
  }
  if (left->kind == right->kind && is_time(left)) return compare(m, left, right, order);
  if (left->kind == WEIR_FOLD_TEXT || is_time(left) || is_time(right)) return false;
  return compare(m, left, right, order);
}

bool fold_extreme(machine *m, const value *operands, int count, int sign, value *result) {
  if (count == 2 && operands[0].kind == operands[1].kind && operands[0].scale == operands[1].scale) {
    const value *first = operands, *second = operands + 1;
    bool replaces;
    if (first->kind == WEIR_FOLD_DECIMAL) {
      __int128 x = coefficient(first), y = coefficient(second);
      replaces = sign > 0 ? y > x : y < x;
      return *result = replaces ? *second : *first, true;
    }
    if (first->kind == WEIR_FOLD_INT) {
      replaces = sign > 0 ? integer(second) > integer(first) : integer(second) < integer(first);
      return *result = replaces ? *second : *first, true;
    }
  }
  const value *best = operands;
  bool has_decimal = operands[0].kind == WEIR_FOLD_DECIMAL;
  bool plain = true;
  for (int i = 0; i < count; i++) plain &= is_plain(&operands[i]);
  if (!plain && !is_plain(best) && !is_time(best) && best->kind != WEIR_FOLD_DECIMAL) return false;
  for (int i = 1; i < count; i++) {
    if (plain) {
      bool better;
      if (!(sign > 0 ? fold_less(m, best, &operands[i], &better) : fold_less(m, &operands[i], best, &better))) return false;
      if (better) best = &operands[i];
      continue;
    }
    int order;
    if (!rank(m, &operands[i], best, &order)) return false;
    if (order * sign > 0) best = &operands[i];
    has_decimal |= operands[i].kind == WEIR_FOLD_DECIMAL;
  }
  if (has_decimal && is_plain(best)) return fold_to_decimal(m, best, result);
  *result = *best;
  return true;
}

