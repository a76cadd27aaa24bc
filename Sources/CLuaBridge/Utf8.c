#include "bridge.h"

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
  for (size_t i = 0; i < length; count++) {
    size_t more = text[i] < 0x80 ? 0 : text[i] >= 0xF0 ? 3 : text[i] >= 0xE0 ? 2 : 1;
    bool good = text[i] < 0x80 || (text[i] >= 0xC2 && text[i] <= 0xF4 && i + more < length);
    for (size_t k = 1; good && k <= more; k++) good = (text[i + k] & 0xC0) == 0x80;
    if (!good) return lua_pushnil(L), lua_pushinteger(L, (lua_Integer)i + 1), 2;
    i += more + 1;
  }
  lua_pushinteger(L, count);
  return 1;
}

void weir_open_utf8(lua_State *L) {
  static const luaL_Reg functions[] = {{"char", utf8_char}, {"len", utf8_len}, {NULL, NULL}};
  luaL_setfuncs(L, functions, 0);
}
