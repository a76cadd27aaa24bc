// The loop, once per instruction set. Included with NAME(of) and TARGET defined.

#define EACH(expression)                                                    \
  for (size_t row = 0; row < count; row++) target[row] = (int64_t)(expression); \
  break;

#define EACH_FLOAT(expression)                                              \
  for (size_t row = 0; row < count; row++) {                                \
    double a, b, result;                                                    \
    memcpy(&a, &first[row], 8);                                             \
    memcpy(&b, &second[row], 8);                                            \
    result = (expression);                                                  \
    memcpy(&target[row], &result, 8);                                       \
  }                                                                         \
  break;

#define EACH_FLOAT_TEST(expression)                                         \
  for (size_t row = 0; row < count; row++) {                                \
    double a, b;                                                            \
    memcpy(&a, &first[row], 8);                                             \
    memcpy(&b, &second[row], 8);                                            \
    target[row] = (expression);                                             \
  }                                                                         \
  break;

// Quotients of magnitudes below 2^52 by doubles, made exact by the rest; others by division.
TARGET static void NAME(truncated)(
    const int64_t *restrict values, int64_t divisor, size_t count, int64_t *restrict quotients, int64_t *restrict rests) {
  uint64_t all = 0;
  for (size_t row = 0; row < count; row++) all |= (uint64_t)(values[row] < 0 ? 0 - values[row] : values[row]);
  if (all >> 52) {
    for (size_t row = 0; row < count; row++) {
      quotients[row] = values[row] / divisor;
      rests[row] = values[row] % divisor;
    }
    return;
  }
  const double by = (double)divisor;
  for (size_t row = 0; row < count; row++) {
    const int64_t value = values[row], sign = value >> 63, magnitude = (value ^ sign) - sign;
    int64_t quotient = (int64_t)((double)magnitude / by);
    int64_t rest = magnitude - quotient * divisor;
    const int64_t over = rest < 0;
    quotient -= over;
    rest += over ? divisor : 0;
    quotients[row] = (quotient ^ sign) - sign;
    rests[row] = (rest ^ sign) - sign;
  }
}

TARGET static void NAME(round)(
    const int64_t *restrict values, int64_t divisor, uint16_t mode, size_t count, int64_t *restrict target) {
  int64_t rests[WEIR_FUSED_ROWS];
  NAME(truncated)(values, divisor, count, target, rests);
  for (size_t row = 0; row < count; row++) {
    const int64_t sign = rests[row] < 0 ? -1 : 1;
    const int64_t rest = rests[row] * sign, other = divisor - rest;
    int64_t raises;
    switch (mode) {
      case WEIR_HALF_EVEN: raises = (rest > other) | ((rest == other) & (target[row] & 1)); break;
      case WEIR_HALF_UP: raises = rest >= other; break;
      case WEIR_HALF_DOWN: raises = rest > other; break;
      case WEIR_UP: raises = rest != 0; break;
      case WEIR_CEILING: raises = (rest != 0) & (sign > 0); break;
      case WEIR_FLOOR: raises = (rest != 0) & (sign < 0); break;
      default: raises = 0; break;
    }
    target[row] += raises ? sign : 0;
  }
}

// 0 where a row fails.
TARGET static int NAME(step)(
    const struct weir_fused_instruction *at, const struct weir_fused_table *tables, int64_t *const *registers, size_t count) {
  int64_t *restrict target = registers[at->target];
  const int64_t *restrict first = registers[at->first];
  const int64_t *restrict second = registers[at->second];
  const int64_t *restrict third = registers[at->third];
  int64_t failed = 0;
  switch (at->operation) {
    case WEIR_ADD: EACH((uint64_t)first[row] + (uint64_t)second[row])
    case WEIR_SUBTRACT: EACH((uint64_t)first[row] - (uint64_t)second[row])
    case WEIR_MULTIPLY: EACH((uint64_t)first[row] * (uint64_t)second[row])
    case WEIR_NEGATE: EACH(0 - (uint64_t)first[row])
    case WEIR_ADD_CHECKED:
      for (size_t row = 0; row < count; row++) {
        const int64_t sum = (int64_t)((uint64_t)first[row] + (uint64_t)second[row]);
        failed |= (first[row] ^ sum) & (second[row] ^ sum);
        target[row] = sum;
      }
      break;
    case WEIR_SUBTRACT_CHECKED:
      for (size_t row = 0; row < count; row++) {
        const int64_t difference = (int64_t)((uint64_t)first[row] - (uint64_t)second[row]);
        failed |= (first[row] ^ second[row]) & (first[row] ^ difference);
        target[row] = difference;
      }
      break;
    case WEIR_MULTIPLY_CHECKED:
      for (size_t row = 0; row < count; row++) {
        long long product;
        failed |= __builtin_mul_overflow((long long)first[row], (long long)second[row], &product) ? -1 : 0;
        target[row] = product;
      }
      break;
    case WEIR_FLOOR_DIVIDE:
    case WEIR_MODULO:
      for (size_t row = 0; row < count; row++) {
        const int64_t a = first[row], b = second[row];
        if (b == 0) return 0;
        if (b == -1) {
          // What wraps, and what does not fit where ints are checked: not for a loop without marks to tell apart.
          if (a == INT64_MIN) return 0;
          target[row] = at->operation == WEIR_MODULO ? 0 : -a;
          continue;
        }
        const int64_t quotient = a / b, rest = a % b;
        const int64_t below = (rest != 0) & ((rest < 0) != (b < 0));
        target[row] = at->operation == WEIR_MODULO ? rest + (below ? b : 0) : quotient - below;
      }
      break;
    case WEIR_FLOAT_ADD: EACH_FLOAT(a + b)
    case WEIR_FLOAT_SUBTRACT: EACH_FLOAT(a - b)
    case WEIR_FLOAT_MULTIPLY: EACH_FLOAT(a * b)
    case WEIR_FLOAT_DIVIDE: EACH_FLOAT(a / b)
    case WEIR_FLOAT_NEGATE: EACH((uint64_t)first[row] ^ 0x8000000000000000ULL)
    case WEIR_FLOAT_OF_INT:
      for (size_t row = 0; row < count; row++) {
        const double value = (double)first[row];
        memcpy(&target[row], &value, 8);
      }
      break;
    case WEIR_LESS: EACH(first[row] < second[row])
    case WEIR_LESS_OR_EQUAL: EACH(first[row] <= second[row])
    case WEIR_EQUAL: EACH(first[row] == second[row])
    case WEIR_FLOAT_LESS: EACH_FLOAT_TEST(a < b)
    case WEIR_FLOAT_LESS_OR_EQUAL: EACH_FLOAT_TEST(a <= b)
    case WEIR_FLOAT_EQUAL: EACH_FLOAT_TEST(a == b)
    case WEIR_NOT: EACH(first[row] ^ 1)
    case WEIR_AND: EACH(first[row] & second[row])
    case WEIR_OR: EACH(first[row] | second[row])
    case WEIR_SELECT: EACH(first[row] ? second[row] : third[row])
    case WEIR_ROUND: NAME(round)(first, at->immediate, at->mode, count, target); break;
    case WEIR_LOOK_UP: {
      const struct weir_fused_table table = tables[at->table];
      for (size_t row = 0; row < count; row++) {
        const uint64_t place = (uint64_t)first[row] - (uint64_t)at->immediate;
        failed |= place >= (uint64_t)table.count ? -1 : 0;
      }
      if (failed) return 0;
      for (size_t row = 0; row < count; row++) target[row] = table.values[first[row] - at->immediate];
      break;
    }
    case WEIR_LOOK_UP_CLAMPED: {
      const struct weir_fused_table table = tables[at->table];
      for (size_t row = 0; row < count; row++) {
        const int64_t place = first[row] < 0 ? 0 : first[row];
        target[row] = table.values[place < table.count ? place : table.count - 1];
      }
      break;
    }
    case WEIR_CHECK_RANGE:
      for (size_t row = 0; row < count; row++) {
        failed |= 0 - (int64_t)((first[row] < at->immediate) | (first[row] > at->second_immediate));
        target[row] = first[row];
      }
      break;
    default: return 0;
  }
  return failed >= 0;
}

TARGET static void NAME(load)(const struct weir_fused_lane *lane, size_t from, size_t count, int64_t *restrict target) {
  switch (lane->kind) {
    case WEIR_LANE_I32:
      for (size_t row = 0; row < count; row++) target[row] = ((const int32_t *)lane->values)[from + row];
      break;
    case WEIR_LANE_U32:
      for (size_t row = 0; row < count; row++) target[row] = ((const uint32_t *)lane->values)[from + row];
      break;
    case WEIR_LANE_U8:
      for (size_t row = 0; row < count; row++) target[row] = ((const uint8_t *)lane->values)[from + row];
      break;
    default: break;
  }
}

TARGET static void NAME(store)(const struct weir_fused_lane *lane, size_t from, size_t count, const int64_t *restrict source) {
  switch (lane->kind) {
    case WEIR_LANE_64: memcpy((int64_t *)lane->values + from, source, count * 8); break;
    case WEIR_LANE_I32:
    case WEIR_LANE_U32:
      for (size_t row = 0; row < count; row++) ((uint32_t *)lane->values)[from + row] = (uint32_t)source[row];
      break;
    case WEIR_LANE_U8:
      for (size_t row = 0; row < count; row++) ((uint8_t *)lane->values)[from + row] = (uint8_t)source[row];
      break;
    default: break;
  }
}

TARGET static int NAME(run)(const struct weir_fused_loop *loop, size_t count) {
  for (size_t index = 0; index < loop->register_count; index++)
    loop->registers[index] = loop->storage + index * WEIR_FUSED_ROWS;
  for (size_t index = 0; index < loop->input_count; index++) {
    const struct weir_fused_lane *lane = &loop->inputs[index];
    if (lane->kind != WEIR_LANE_FILL) continue;
    for (size_t row = 0; row < WEIR_FUSED_ROWS; row++) loop->registers[lane->reg][row] = lane->fill;
  }
  for (size_t from = 0; from < count; from += WEIR_FUSED_ROWS) {
    const size_t rows = count - from < WEIR_FUSED_ROWS ? count - from : WEIR_FUSED_ROWS;
    for (size_t index = 0; index < loop->input_count; index++) {
      const struct weir_fused_lane *lane = &loop->inputs[index];
      if (lane->kind == WEIR_LANE_64)
        loop->registers[lane->reg] = (int64_t *)lane->values + from;
      else
        NAME(load)(lane, from, rows, loop->registers[lane->reg]);
    }
    for (size_t index = 0; index < loop->instruction_count; index++)
      if (!NAME(step)(&loop->instructions[index], loop->tables, loop->registers, rows)) return 0;
    for (size_t index = 0; index < loop->output_count; index++)
      NAME(store)(&loop->outputs[index], from, rows, loop->registers[loop->outputs[index].reg]);
  }
  return 1;
}

#undef EACH
#undef EACH_FLOAT
#undef EACH_FLOAT_TEST
#undef NAME
#undef TARGET
