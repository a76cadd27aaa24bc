#include <ctype.h>

#include "bridge.h"

static const char *text_at(lua_State *L, int index, size_t *length) {
  const char *text = luaL_checklstring(L, index, length);
  weir_charge(L, state_of(L), 2 + (int64_t)(*length >> 4));
  return text;
}

static size_t start_position(lua_Integer position, size_t length) {
  if (position > 0) return (size_t)position;
  if (position == 0) return 1;
  return position < -(lua_Integer)length ? 1 : length + (size_t)position + 1;
}

static size_t end_position(lua_Integer position, size_t length) {
  if (position > (lua_Integer)length) return length;
  if (position >= 0) return (size_t)position;
  return position < -(lua_Integer)length ? 0 : length + (size_t)position + 1;
}

static int string_len(lua_State *L) {
  size_t length;
  luaL_checklstring(L, 1, &length);
  return lua_pushinteger(L, (lua_Integer)length), 1;
}

static int string_sub(lua_State *L) {
  size_t length;
  const char *text = text_at(L, 1, &length);
  size_t from = start_position(luaL_checkinteger(L, 2), length), to = end_position(luaL_optinteger(L, 3, -1), length);
  if (from > to) lua_pushliteral(L, "");
  else lua_pushlstring(L, text + from - 1, to - from + 1);
  return 1;
}

/// One byte to another, over a whole text. ASCII letters alone, as in the C locale.
static int map_bytes(lua_State *L, int low, int high, int shift) {
  size_t length;
  const char *text = text_at(L, 1, &length);
  luaL_Buffer buffer;
  char *out = luaL_buffinitsize(L, &buffer, length);
  for (size_t i = 0; i < length; i++) out[i] = text[i] >= low && text[i] <= high ? (char)(text[i] + shift) : text[i];
  luaL_pushresultsize(&buffer, length);
  return 1;
}

static int string_lower(lua_State *L) { return map_bytes(L, 'A', 'Z', 32); }
static int string_upper(lua_State *L) { return map_bytes(L, 'a', 'z', -32); }

static int string_reverse(lua_State *L) {
  size_t length;
  const char *text = text_at(L, 1, &length);
  luaL_Buffer buffer;
  char *out = luaL_buffinitsize(L, &buffer, length);
  for (size_t i = 0; i < length; i++) out[i] = text[length - 1 - i];
  luaL_pushresultsize(&buffer, length);
  return 1;
}

static int string_rep(lua_State *L) {
  weir_state *S = state_of(L);
  size_t length, separator_length;
  const char *text = luaL_checklstring(L, 1, &length);
  lua_Integer count = luaL_checkinteger(L, 2);
  const char *separator = luaL_optlstring(L, 3, "", &separator_length);
  if (count <= 0 || length + separator_length == 0) return lua_pushliteral(L, ""), 1;
  if ((uint64_t)count > (uint64_t)S->limits.block / (length + separator_length))
    weir_fail_memory(L, REFUSED_BLOCK);
  size_t total = length * (size_t)count + separator_length * (size_t)(count - 1);
  weir_charge(L, S, 2 + (int64_t)(total >> 4));
  luaL_Buffer buffer;
  char *out = luaL_buffinitsize(L, &buffer, total);
  for (lua_Integer i = 0; i < count; i++) {
    memcpy(out, text, length);
    out += length;
    if (i + 1 < count) {
      memcpy(out, separator, separator_length);
      out += separator_length;
    }
  }
  luaL_pushresultsize(&buffer, total);
  return 1;
}

static int string_byte(lua_State *L) {
  size_t length;
  const char *text = luaL_checklstring(L, 1, &length);
  lua_Integer first = luaL_optinteger(L, 2, 1);
  size_t from = start_position(first, length), to = end_position(luaL_optinteger(L, 3, (lua_Integer)from), length);
  if (from > to) return 0;
  if (to - from >= 1000) return luaL_error(L, "string slice too long: byte gives at most 1000");
  int count = (int)(to - from + 1);
  luaL_checkstack(L, count, "string slice too long");
  weir_charge(L, state_of(L), count);
  for (int i = 0; i < count; i++) lua_pushinteger(L, (unsigned char)text[from - 1 + (size_t)i]);
  return count;
}

static int string_char(lua_State *L) {
  int count = lua_gettop(L);
  weir_charge(L, state_of(L), count);
  luaL_Buffer buffer;
  char *out = luaL_buffinitsize(L, &buffer, (size_t)count);
  for (int i = 1; i <= count; i++) {
    lua_Integer code = luaL_checkinteger(L, i);
    luaL_argcheck(L, code >= 0 && code <= 255, i, "value out of range");
    out[i - 1] = (char)code;
  }
  luaL_pushresultsize(&buffer, (size_t)count);
  return 1;
}

/// Whether a byte is of a class of patterns: %a, %d and so on; any other letter of the class is itself.
bool weir_in_class(int c, int class) {
  bool holds;
  switch (class | 32) {
  case 'a': holds = isalpha(c); break;
  case 'c': holds = iscntrl(c); break;
  case 'd': holds = isdigit(c); break;
  case 'g': holds = isgraph(c); break;
  case 'l': holds = islower(c); break;
  case 'p': holds = ispunct(c); break;
  case 's': holds = isspace(c); break;
  case 'u': holds = isupper(c); break;
  case 'w': holds = isalnum(c); break;
  case 'x': holds = isxdigit(c); break;
  case 'z': holds = c == 0; break; // as Lua 5.1 had it, and 5.4 still has
  default: return class == c;
  }
  return isupper(class) ? !holds : holds;
}

void weir_open_strings(lua_State *L) {
  static const luaL_Reg functions[] = {
      {"len", string_len}, {"sub", string_sub}, {"lower", string_lower}, {"upper", string_upper},
      {"reverse", string_reverse}, {"rep", string_rep}, {"byte", string_byte}, {"char", string_char},
      {"find", weir_find}, {"match", weir_match}, {"gmatch", weir_gmatch}, {"gsub", weir_gsub},
      {"format", weir_format}, {NULL, NULL}};
  luaL_setfuncs(L, functions, 0);
}
