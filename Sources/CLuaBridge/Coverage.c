#include <stdlib.h>

#include "bridge.h"

/// The lines of one file that were run, one bit a line. Outside of Lua's memory: a script's limits do not pay for it.
typedef struct weir_covered {
  struct weir_covered *next;
  char *path;
  uint8_t *lines;
  int32_t room;
} weir_covered;

static weir_covered *covered_file(weir_state *S, const char *path) {
  weir_covered *file = S->covered;
  while (file && strcmp(file->path, path) != 0) file = file->next;
  if (file) return file;
  file = calloc(1, sizeof *file);
  if (!file) return NULL;
  file->path = strdup(path);
  file->next = S->covered;
  S->covered = file;
  return file;
}

/// Notes the line that is about to run.
void weir_note_line(lua_State *L, weir_state *S, lua_Debug *activation) {
  int32_t line = activation->currentline;
  if (line < 1 || line > 1 << 20 || !lua_getinfo(L, "S", activation)) return;
  const char *source = activation->source[0] == '@' ? activation->source + 1 : activation->source;
  weir_covered *file = covered_file(S, source);
  if (!file) return;
  if (line / 8 >= file->room) {
    int32_t room = line / 8 + 64;
    uint8_t *lines = realloc(file->lines, (size_t)room);
    if (!lines) return;
    memset(lines + file->room, 0, (size_t)(room - file->room));
    file->lines = lines;
    file->room = room;
  }
  file->lines[line / 8] |= (uint8_t)(1 << (line % 8));
}

bool weir_covered_file(const weir_state *S, int32_t index, const char **path, const uint8_t **lines, int32_t *bytes) {
  const weir_covered *file = S->covered;
  while (file && index-- > 0) file = file->next;
  if (!file) return false;
  *path = file->path;
  *lines = file->lines;
  *bytes = file->room;
  return true;
}

void weir_forget_coverage(weir_state *S) {
  while (S->covered) {
    weir_covered *next = S->covered->next;
    free(S->covered->path);
    free(S->covered->lines);
    free(S->covered);
    S->covered = next;
  }
}
