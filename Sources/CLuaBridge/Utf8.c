#include "bridge.h"

/// The bytes of the character that begins at `i`; 0 where there is none: overlong forms and surrogates are none.
static size_t character_length(const unsigned char *text, size_t length, size_t i) {
  unsigned byte = text[i];
  if (byte < 0x80) return 1;
  size_t more = byte >= 0xF0 ? 3 : byte >= 0xE0 ? 2 : 1;
  if (byte < 0xC2 || byte > 0xF4 || i + more >= length) return 0;
  for (size_t k = 1; k <= more; k++)
    if ((text[i + k] & 0xC0) != 0x80) return 0;
  unsigned second = text[i + 1];
  if ((byte == 0xE0 && second < 0xA0) || (byte == 0xED && second > 0x9F) || (byte == 0xF0 && second < 0x90) ||
      (byte == 0xF4 && second > 0x8F))
    return 0;
  return more + 1;
}

bool weir_text_is_utf8(const char *text, size_t length) {
  const unsigned char *bytes = (const unsigned char *)text;
  for (size_t i = 0, step; i < length; i += step)
    if ((step = character_length(bytes, length, i)) == 0) return false;
  return true;
}

static int utf8_char(lua_State *L) {
  int count = lua_gettop(L);
  weir_charge(L, state_of(L), count);
  luaL_Buffer buffer;
  luaL_buffinit(L, &buffer);
  for (int i = 1; i <= count; i++) {
    lua_Integer code = luaL_checkinteger(L, i);
    luaL_argcheck(L, code >= 0 && code <= 0x10FFFF && (code < 0xD800 || code > 0xDFFF), i, "no such character");
    lua_pushfstring(L, "%U", (long)code);
    luaL_addvalue(&buffer);
  }
  luaL_pushresult(&buffer);
  return 1;
}

/// The characters of a UTF-8 text; nil and the place where it is not one.
static int utf8_len(lua_State *L) {
  size_t length;
  const unsigned char *text = (const unsigned char *)luaL_checklstring(L, 1, &length);
  weir_charge(L, state_of(L), (int64_t)length >> 2);
  lua_Integer count = 0;
  for (size_t i = 0, step; i < length; i += step, count++)
    if ((step = character_length(text, length, i)) == 0)
      return lua_pushnil(L), lua_pushinteger(L, (lua_Integer)i + 1), 2;
  lua_pushinteger(L, count);
  return 1;
}

void weir_open_utf8(lua_State *L) {
  static const luaL_Reg functions[] = {{"char", utf8_char}, {"len", utf8_len}, {NULL, NULL}};
  luaL_setfuncs(L, functions, 0);
}
