#include "Host.h"

// The reader of compiled functions on damaged dumps: it gives a refusal or none, and reads nothing beside the bytes.

typedef struct {
  const uint8_t *bytes;
  size_t size;
} input;

static const char source[] =
    "local a, t = 1, { x = 1.5, 'text' }\n"
    "while a ~= t.x and t[t] == nil and a == 2 do t[a] = t[1] == 'text' and t[a] == t end\n"
    "local function make() local n = 0 return function() n = n + 1 return n, a end end\n"
    "for i = 1, 3 do if i & 1 == 0 then t[i] = function(...) return ..., t.x end else goto next end ::next:: end\n"
    "return make()";

static int write_piece(lua_State *L, const void *piece, size_t size, void *buffer) {
  (void)L;
  luaL_addlstring(buffer, piece, size);
  return 0;
}

/// The input says which bytes of a true dump become what.
static int read_damaged(lua_State *L) {
  weir_state *state = state_of(L);
  const input *damage = lua_touserdata(L, 1);
  luaL_Buffer buffer;
  if (luaL_loadstring(L, source) != LUA_OK) abort();
  luaL_buffinit(L, &buffer);
  lua_pushvalue(L, -1);
  lua_dump(L, write_piece, &buffer, damage->size & 1);
  lua_pop(L, 1);
  luaL_pushresult(&buffer);
  size_t length;
  const char *dump = lua_tolstring(L, -1, &length);
  char *bytes = malloc(length);
  memcpy(bytes, dump, length);
  for (size_t i = 0; i + 3 <= damage->size; i += 3) {
    size_t at = (size_t)(damage->bytes[i] << 8 | damage->bytes[i + 1]);
    if (at == 0xFFFF) length = length * damage->bytes[i + 2] / 256;
    else if (at >= 31 && at < length) bytes[at] = (char)damage->bytes[i + 2];
  }
  char *exact = malloc(length ? length : 1); // so that a read beside the bytes is seen
  memcpy(exact, bytes, length);
  int line;
  weir_refusal(L, state, exact, length, &line);
  weir_survivor_refusal(L, state, exact, length, &line);
  const char *refusal;
  size_t written;
  free(weir_guarded(exact, length, &written, &refusal, &line));
  free(bytes);
  free(exact);
  return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
  static weir_state *state;
  static int runs;
  if (state && runs++ % 200 == 0) { // the names of columns stay in a state
    weir_close(state);
    state = NULL;
  }
  if (!state) state = make_host(1 << 30);
  input damage = {bytes, size};
  weir_begin(state, 1);
  weir_protected(state, read_damaged, &damage);
  return 0;
}
