#include <stdio.h>

#include "bridge.h"

// Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms"; the same as Columns/CalendarDate.swift, which tests compare.

static void parts_of(int64_t days, int64_t *year, int *month, int *day) {
  int64_t shifted = days + 719468;
  int64_t era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
  int64_t day_of_era = shifted - era * 146097;
  int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  int64_t shifted_month = (5 * day_of_year + 2) / 153;
  *day = (int)(day_of_year - (153 * shifted_month + 2) / 5 + 1);
  *month = (int)(shifted_month < 10 ? shifted_month + 3 : shifted_month - 9);
  *year = year_of_era + era * 400 + (*month <= 2);
}

static int64_t days_of(int64_t year, int month, int day) {
  int64_t shifted = month <= 2 ? year - 1 : year;
  int64_t era = (shifted >= 0 ? shifted : shifted - 399) / 400;
  int64_t year_of_era = shifted - era * 400;
  int64_t day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719468;
}

static const int64_t day_length = 86400000000LL;
static const int64_t earliest = -719162, latest = 2932896; // 0001-01-01 and 9999-12-31

static int64_t floored_days(int64_t microseconds) {
  int64_t days = microseconds / day_length;
  return microseconds % day_length < 0 ? days - 1 : days;
}

/// ISO text of a decimal, date or timestamp; `text` has room for 64 bytes.
size_t weir_object_text(const weir_object *object, char *text) {
  if (object->kind == WEIR_DECIMAL) {
    __int128 coefficient = coefficient_of(object);
    unsigned __int128 magnitude = coefficient < 0 ? -(unsigned __int128)coefficient : (unsigned __int128)coefficient;
    int scale = object->scale;
    while (scale > 0 && magnitude % 10 == 0) {
      magnitude /= 10;
      scale--;
    }
    char digits[48];
    int count = 0;
    while (magnitude || count <= scale) {
      if (count == scale && scale > 0) digits[count] = 0;
      digits[count++] = (char)('0' + (int)(magnitude % 10));
      magnitude /= 10;
    }
    size_t length = 0;
    if (coefficient < 0) text[length++] = '-';
    while (count > 0) {
      if (count == scale) text[length++] = '.';
      text[length++] = digits[--count];
    }
    text[length] = 0;
    return length;
  }
  int64_t days = object->kind == WEIR_DATE ? object->high : floored_days(object->high), year;
  int month, day;
  parts_of(days, &year, &month, &day);
  size_t length = (size_t)snprintf(text, 64, "%04lld-%02d-%02d", (long long)year, month, day);
  if (object->kind == WEIR_DATE) return length;
  int64_t rest = object->high % day_length;
  if (rest < 0) rest += day_length;
  length += (size_t)snprintf(text + length, 64 - length, "T%02d:%02d:%02d", (int)(rest / 3600000000LL),
                             (int)(rest / 60000000 % 60), (int)(rest / 1000000 % 60));
  if (rest % 1000000) {
    length += (size_t)snprintf(text + length, 64 - length, ".%06d", (int)(rest % 1000000));
    while (text[length - 1] == '0') length--;
  }
  text[length++] = 'Z';
  text[length] = 0;
  return length;
}

static int push_date(lua_State *L, int64_t days) {
  if (days < earliest || days > latest) return luaL_error(L, "the date leaves the years 0001 to 9999");
  weir_push_object(L, state_of(L), WEIR_DATE, 0, days, 0);
  return 1;
}

int weir_date_add(lua_State *L) {
  int first = object_at(L, 1) ? 1 : 2;
  weir_object *object = object_of(L, first, WEIR_DATE);
  if (!object || !lua_isinteger(L, 3 - first))
    return luaL_error(L, "attempt to add a %s and a %s value: a date takes a whole number of days", weir_type_name(L, 1),
                      weir_type_name(L, 2));
  lua_Integer days = lua_tointeger(L, 3 - first);
  if (days > 10000000 || days < -10000000) return luaL_error(L, "the date leaves the years 0001 to 9999");
  return push_date(L, object->high + days);
}

static bool parse_iso(const char *text, size_t length, int64_t *days) {
  int year, month, day, end = 0;
  if (length != 10 || sscanf(text, "%4d-%2d-%2d%n", &year, &month, &day, &end) != 3 || end != 10) return false;
  for (int i = 0; i < 10; i++)
    if (i != 4 && i != 7 && (text[i] < '0' || text[i] > '9')) return false;
  if (year < 1 || month < 1 || month > 12 || day < 1) return false;
  *days = days_of(year, month, day);
  int64_t back;
  int back_month, back_day;
  parts_of(*days, &back, &back_month, &back_day);
  return back_month == month && back_day == day;
}

/// Microseconds of a timestamp, or of the beginning of a day.
int64_t weir_instant(const weir_object *object) {
  return object->kind == WEIR_DATE ? object->high * day_length : object->high;
}

/// The day of a date, a timestamp or a text; false for anything else.
static bool day_at(lua_State *L, int index, int64_t *days) {
  weir_object *object = object_at(L, index);
  if (object && (object->kind == WEIR_DATE || object->kind == WEIR_TIMESTAMP)) {
    *days = object->kind == WEIR_DATE ? object->high : floored_days(object->high);
    return true;
  }
  size_t length;
  if (lua_type(L, index) != LUA_TSTRING) return false;
  const char *text = lua_tolstring(L, index, &length);
  return parse_iso(text, length, days);
}

int weir_date_subtract(lua_State *L) {
  weir_object *a = object_at(L, 1), *b = object_at(L, 2);
  int64_t first, second;
  if ((object_of(L, 1, WEIR_DATE) || object_of(L, 2, WEIR_DATE)) && day_at(L, 1, &first) && day_at(L, 2, &second)) {
    lua_pushinteger(L, first - second);
    return 1;
  }
  if (a && b && a->kind == b->kind && a->kind == WEIR_TIMESTAMP) { // seconds, exactly
    weir_push_decimal(L, state_of(L), (__int128)a->high - b->high, 6);
    return 1;
  }
  if (a && a->kind == WEIR_DATE && lua_isinteger(L, 2)) {
    lua_Integer days = lua_tointeger(L, 2);
    if (days > 10000000 || days < -10000000) return luaL_error(L, "the date leaves the years 0001 to 9999");
    return push_date(L, a->high - days);
  }
  return luaL_error(L, "attempt to subtract a %s from a %s value", weir_type_name(L, 2), weir_type_name(L, 1));
}

/// A date, or a text that is one beside a date.
static int64_t comparable(lua_State *L, int index, int kind) {
  weir_object *object = object_at(L, index);
  if (object && (object->kind == WEIR_DATE || object->kind == WEIR_TIMESTAMP))
    return kind == WEIR_DATE ? object->high : weir_instant(object);
  size_t length;
  int64_t days;
  if (lua_type(L, index) == LUA_TSTRING) {
    const char *text = lua_tolstring(L, index, &length);
    if (parse_iso(text, length, &days)) return kind == WEIR_DATE ? days : days * day_length;
  }
  return luaL_error(L, "attempt to compare a %s and a %s value", weir_type_name(L, 1), weir_type_name(L, 2));
}

static int date_order(lua_State *L) {
  int kind = object_of(L, 1, WEIR_TIMESTAMP) || object_of(L, 2, WEIR_TIMESTAMP) ? WEIR_TIMESTAMP : WEIR_DATE;
  int64_t a = comparable(L, 1, kind), b = comparable(L, 2, kind);
  return a < b ? -1 : a > b;
}

int weir_date_less(lua_State *L) { return lua_pushboolean(L, date_order(L) < 0), 1; }
int weir_date_less_equal(lua_State *L) { return lua_pushboolean(L, date_order(L) <= 0), 1; }

int weir_date_field(lua_State *L) {
  weir_object *object = object_at(L, 1);
  const char *name = lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : "";
  if (!object || (object->kind != WEIR_DATE && object->kind != WEIR_TIMESTAMP)) return luaL_error(L, "not a date");
  int64_t year, days = object->kind == WEIR_DATE ? object->high : floored_days(object->high);
  int month, day;
  parts_of(days, &year, &month, &day);
  if (!strcmp(name, "year")) lua_pushinteger(L, year);
  else if (!strcmp(name, "month")) lua_pushinteger(L, month);
  else if (!strcmp(name, "day")) lua_pushinteger(L, day);
  else if (!strcmp(name, "quarter")) lua_pushinteger(L, (month + 2) / 3);
  else if (!strcmp(name, "date") && object->kind == WEIR_TIMESTAMP) return push_date(L, days);
  else return luaL_error(L, "a %s has year, quarter, month and day, not '%s'", weir_type_name(L, 1), name);
  return 1;
}
