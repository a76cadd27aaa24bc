#pragma GCC diagnostic ignored "-Wformat-nonliteral"
#include <math.h>
#include <stdio.h>

#include "bridge.h"

static void add_quoted(lua_State *L, luaL_Buffer *buffer, int index) {
  size_t length;
  const char *text = luaL_checklstring(L, index, &length);
  weir_charge(L, state_of(L), (int64_t)length);
  luaL_addchar(buffer, '"');
  for (size_t i = 0; i < length; i++) {
    unsigned char byte = (unsigned char)text[i];
    char escaped[8];
    if (byte == '"' || byte == '\\') {
      luaL_addchar(buffer, '\\');
      luaL_addchar(buffer, (char)byte);
    } else if (byte < 32 || byte == 127) {
      snprintf(escaped, sizeof escaped, "\\%03d", byte);
      luaL_addstring(buffer, escaped);
    } else {
      luaL_addchar(buffer, (char)byte);
    }
  }
  luaL_addchar(buffer, '"');
}

/// %s with width and precision, of any value.
static void add_text(lua_State *L, luaL_Buffer *buffer, int index, const char *spec) {
  lua_pushcfunction(L, weir_tostring);
  lua_pushvalue(L, index);
  lua_call(L, 1, 1);
  size_t length;
  const char *text = lua_tolstring(L, -1, &length);
  weir_charge(L, state_of(L), (int64_t)length >> 4);
  int width = 0, precision = -1;
  bool left = false;
  const char *p = spec + 1;
  for (; *p == '-'; p++) left = true;
  for (; *p >= '0' && *p <= '9'; p++) width = width * 10 + (*p - '0');
  if (*p == '.') for (precision = 0, p++; *p >= '0' && *p <= '9'; p++) precision = precision * 10 + (*p - '0');
  if (precision >= 0 && (size_t)precision < length) length = (size_t)precision;
  int padding = (size_t)width > length ? width - (int)length : 0;
  char pad[128];
  memset(pad, ' ', sizeof pad);
  char cut[512];
  if (length < sizeof cut) { // copied, for the buffer may move above the text
    memcpy(cut, text, length);
    lua_pop(L, 1);
    if (!left) luaL_addlstring(buffer, pad, (size_t)padding);
    luaL_addlstring(buffer, cut, length);
    if (left) luaL_addlstring(buffer, pad, (size_t)padding);
  } else {
    if (precision >= 0) {
      lua_pushlstring(L, text, length);
      lua_remove(L, -2);
    }
    luaL_addvalue(buffer);
  }
}

/// %d and %.2f of a decimal: its exact digits, rounded half-even.
static bool add_decimal(lua_State *L, luaL_Buffer *buffer, int index, const char *spec, char conversion) {
  weir_object *decimal = object_of(L, index, WEIR_DECIMAL);
  if (!decimal || (conversion != 'f' && conversion != 'd')) return false;
  const char *point = strchr(spec, '.');
  int places = conversion == 'd' ? 0 : 6;
  if (point && conversion == 'f') for (places = 0, point++; *point >= '0' && *point <= '9'; point++) places = places * 10 + (*point - '0');
  __int128 coefficient = coefficient_of(decimal), power;
  int drop = decimal->scale - places;
  if (drop > 0) {
    weir_power_of_ten(drop, &power);
    __int128 quotient = coefficient / power, rest = coefficient % power;
    if (rest < 0) rest = -rest;
    if (conversion == 'd' && rest) luaL_error(L, "the decimal is no whole number");
    __int128 opposite = power - rest;
    if (rest > opposite || (rest == opposite && (quotient & 1))) quotient += coefficient < 0 ? -1 : 1;
    coefficient = quotient;
  }
  int scale = drop > 0 ? places : decimal->scale;
  weir_object shown = {WEIR_DECIMAL, scale, (int64_t)(coefficient >> 64), (uint64_t)coefficient};
  char text[200];
  size_t length = weir_object_text(&shown, text);
  if (places > 0) {
    char *dot = memchr(text, '.', length);
    size_t decimals = dot ? length - (size_t)(dot - text) - 1 : 0;
    if (!dot) text[length++] = '.';
    for (; decimals < (size_t)places; decimals++) text[length++] = '0';
  }
  text[length] = 0;
  char sized[32], out[320];
  size_t digits = 0;
  const char *p = spec + 1;
  sized[digits++] = '%';
  while (*p == '-' && digits < 3) sized[digits++] = *p++;
  while (*p == '+' || *p == ' ' || *p == '0' || *p == '#') p++;
  while (*p >= '0' && *p <= '9' && digits < 8) sized[digits++] = *p++;
  memcpy(sized + digits, "s", 2);
  snprintf(out, sizeof out, sized, text);
  luaL_addstring(buffer, out);
  return true;
}

static void add_conversion(lua_State *L, luaL_Buffer *buffer, int index, char *spec, size_t length) {
  char conversion = spec[length - 1], out[512];
  int written;
  if (add_decimal(L, buffer, index, spec, conversion)) return;
  switch (conversion) {
  case 'c': written = snprintf(out, sizeof out, spec, (int)luaL_checkinteger(L, index)); break;
  case 'd':
  case 'i':
  case 'u':
  case 'o':
  case 'x':
  case 'X': {
    long long value = (long long)luaL_checkinteger(L, index);
    spec[length - 1] = 'l';
    spec[length] = 'l';
    spec[length + 1] = conversion;
    spec[length + 2] = 0;
    written = snprintf(out, sizeof out, spec, value);
    break;
  }
  case 'e':
  case 'E':
  case 'f':
  case 'g':
  case 'G': {
    double number = luaL_checknumber(L, index);
    // The sign of NaN is the machine's.
    written = snprintf(out, sizeof out, spec, isnan(number) ? (double)NAN : number);
    break;
  }
  case 's': add_text(L, buffer, index, spec); return;
  case 'q': add_quoted(L, buffer, index); return;
  default: luaL_error(L, "invalid conversion '%s' to 'format'", spec); return;
  }
  if (written > 0) luaL_addlstring(buffer, out, (size_t)written); // %c may write a zero byte
}

/// Flags, width and precision, of two digits each; gives the place of the conversion's letter.
static const char *read_spec(lua_State *L, const char *format, const char *end, char *spec, size_t *used) {
  while (format < end && *used < 6 && *format && strchr("-+ #0", *format)) spec[(*used)++] = *format++;
  for (int part = 0; part < 2; part++) {
    if (part == 1 && format < end && *format == '.') spec[(*used)++] = *format++;
    else if (part == 1) break;
    for (int digits = 0; format < end && *format >= '0' && *format <= '9'; digits++) {
      if (digits == 2) luaL_error(L, "invalid conversion to 'format': a width has at most two digits");
      spec[(*used)++] = *format++;
    }
  }
  return format;
}

/// As string.format, without %a and %p; widths and precisions of at most two digits; decimals keep every digit.
int weir_format(lua_State *L) {
  size_t length;
  const char *format = luaL_checklstring(L, 1, &length), *end = format + length;
  weir_charge(L, state_of(L), 5 + (int64_t)length);
  int top = lua_gettop(L), argument = 1;
  luaL_Buffer buffer;
  luaL_buffinit(L, &buffer);
  while (format < end) {
    if (*format != '%') {
      luaL_addchar(&buffer, *format++);
      continue;
    }
    if (++format < end && *format == '%') {
      luaL_addchar(&buffer, *format++);
      continue;
    }
    char spec[32] = "%";
    size_t used = 1;
    format = read_spec(L, format, end, spec, &used);
    if (format >= end) return luaL_error(L, "invalid conversion '%s' to 'format'", spec);
    spec[used++] = *format++;
    spec[used] = 0;
    if (++argument > top) return luaL_argerror(L, argument, "no value");
    weir_charge(L, state_of(L), 5);
    add_conversion(L, &buffer, argument, spec, used);
  }
  luaL_pushresult(&buffer);
  return 1;
}
