#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

#include "bridge.h"

/// Copies text without control characters, cut where the room ends (never inside a UTF-8 character). Gives how much.
size_t weir_copy_clean(char *to, size_t room, const char *from, size_t length) {
  size_t written = 0;
  for (size_t i = 0; i < length && written + 5 < room; i++) {
    unsigned char byte = (unsigned char)from[i], next = i + 1 < length ? (unsigned char)from[i + 1] : 0;
    bool is_wide_control = byte == 0xC2 && next >= 0x80 && next < 0xA0; // U+0080 to U+009F
    if (is_wide_control) i++;
    to[written++] = byte < 32 || byte == 127 || is_wide_control ? ' ' : (char)byte;
  }
  if (written + 5 >= room) {
    while (written > 0 && ((unsigned char)to[written - 1] & 0xC0) == 0x80) written--;
    if (written > 0 && ((unsigned char)to[written - 1] & 0x80)) written--;
    memcpy(to + written, "...", 3);
    written += 3;
  }
  to[written] = 0;
  return written;
}

/// Takes `path:12: ` off the front of a message; gives the line, or 0.
static int split_position(const char **text, size_t *length, const char *source) {
  size_t prefix = strlen(source);
  if (*length < prefix + 3 || memcmp(*text, source, prefix) != 0 || (*text)[prefix] != ':') return 0;
  size_t i = prefix + 1;
  int line = 0;
  while (i < *length && isdigit((unsigned char)(*text)[i])) line = line * 10 + ((*text)[i++] - '0');
  if (i + 1 >= *length || (*text)[i] != ':' || (*text)[i + 1] != ' ') return 0;
  *text += i + 2;
  *length -= i + 2;
  return line;
}

/// Where the rows' function begins: the place of errors that no line of it raised.
static bool describe_function(lua_State *L, weir_state *S, lua_Debug *about) {
  if (!S->function || !lua_checkstack(L, 4)) return false;
  lua_rawgeti(L, LUA_REGISTRYINDEX, S->functions);
  bool found = lua_rawgeti(L, -1, S->function) == LUA_TFUNCTION;
  if (found) {
    lua_getinfo(L, ">S", about);
    S->line = about->linedefined;
    snprintf(S->path, sizeof S->path, "%s", about->source[0] == '@' ? about->source + 1 : about->source);
  } else {
    lua_pop(L, 1);
  }
  lua_pop(L, 1);
  return found;
}

/// Writes the frames of the plugin, innermost first, a line each: path, line, first line of the function, name (all but the
/// name are always there; a function that the host calls has none). Frames that do not fit are left out.
///
/// - level: the first frame to look at: 1 in a message handler, which is 0 itself.
static bool describe_frames(lua_State *L, weir_state *S, int level, const char **short_source, lua_Debug *first) {
  bool found = false;
  size_t written = 0;
  for (int last = level + 12; level < last; level++) {
    lua_Debug frame;
    if (!lua_getstack(L, level, &frame)) break;
    lua_getinfo(L, "Sln", &frame);
    if (frame.currentline < 0) continue;
    if (!found) {
      found = true;
      *first = frame;
      *short_source = first->short_src;
      S->line = frame.currentline;
      snprintf(S->path, sizeof S->path, "%s", frame.source[0] == '@' ? frame.source + 1 : frame.source);
    }
    char name[48] = ""; // a field's name is any text
    if (frame.name) weir_copy_clean(name, sizeof name, frame.name, strlen(frame.name));
    int more = snprintf(S->traceback + written, sizeof S->traceback - written, "%s%s\t%d\t%d\t%s", written ? "\n" : "",
                        frame.short_src, frame.currentline, frame.linedefined, name);
    if (more < 0 || written + (size_t)more >= sizeof S->traceback) {
      S->traceback[written] = 0;
      break;
    }
    written += (size_t)more;
  }
  return found;
}

/// Writes file, line and traceback of what runs now into the state. Reads alone: the allocator calls it as well.
void weir_note_place(lua_State *L, weir_state *S) {
  const char *source = NULL;
  lua_Debug first;
  S->line = 0;
  S->path[0] = S->traceback[0] = 0;
  describe_frames(L, S, 0, &source, &first);
}

static void describe_value(lua_State *L, weir_state *S, const char *source) {
  char own[64];
  size_t length;
  const char *text;
  if (lua_type(L, 1) == LUA_TSTRING) {
    text = lua_tolstring(L, 1, &length);
    int line = source ? split_position(&text, &length, source) : 0;
    if (line) S->line = line;
    if (S->status == WEIR_SYNTAX && !strcmp(text, "C stack overflow")) {
      text = "the file is nested too deeply: 200 levels of brackets and functions are the most";
      length = strlen(text);
    }
  } else if (lua_isnil(L, 1)) {
    text = "error object is nil";
    length = strlen(text);
  } else if (lua_isinteger(L, 1)) {
    length = (size_t)snprintf(own, sizeof own, "error object is the number %lld", (long long)lua_tointeger(L, 1));
    text = own;
  } else {
    length = (size_t)snprintf(own, sizeof own, "error object is a %s", weir_type_name(L, 1));
    text = own;
  }
  weir_copy_clean(S->message, sizeof S->message - 64, text, length);
  const char *concatenated = strstr(S->message, "attempt to concatenate a ");
  if (concatenated) {
    const char *type = concatenated + strlen("attempt to concatenate a ");
    if (!strncmp(type, "decimal", 7) || !strncmp(type, "date", 4) || !strncmp(type, "timestamp", 9))
      strcat(S->message, ": write tostring(...) around it");
  }
}

/// Calls are nested as deeply as the C stack of a thread allows: the state is lost.
void weir_note_depth(lua_State *L, weir_state *S) {
  if (S->fatal) return;
  S->fatal = WEIR_MEMORY;
  weir_note_place(L, S);
  strcpy(S->message, "stack overflow: functions that are called by operators, pcall, sort or gsub call each other too deeply: "
                     "200 levels are the most");
}

/// Notes an overflow where the error that is raised, at index 1, is Lua's own: a script may raise the text, but not so deep.
void weir_note_overflow(lua_State *L, weir_state *S) {
  static const char overflow[] = "C stack overflow";
  lua_Debug frame;
  size_t length;
  if (lua_type(L, 1) != LUA_TSTRING || S->status == WEIR_SYNTAX || !lua_getstack(L, 150, &frame)) return;
  const char *text = lua_tolstring(L, 1, &length);
  if (length >= sizeof overflow - 1 && !strcmp(text + length - (sizeof overflow - 1), overflow)) weir_note_depth(L, S);
}

/// Runs where the error is raised: writes message, line and traceback into the state, allocates nothing in Lua.
int weir_handler(lua_State *L) {
  weir_state *S = state_of(L);
  const char *source = NULL;
  lua_Debug first;
  weir_note_overflow(L, S);
  if (S->fatal) return 1; // where the limit was passed is noted
  S->line = 0;
  if (S->status == WEIR_SYNTAX) { // the file that does not run is no frame: Lua names it by its short form
    lua_pushfstring(L, "@%s", S->path);
    source = lua_tostring(L, -1) + 1;
    if (strlen(source) > 59) source = NULL;
  } else {
    S->path[0] = S->traceback[0] = 0;
    if (!describe_frames(L, S, 1, &source, &first) && !describe_function(L, S, &first)) strcpy(S->path, S->chunk);
  }
  describe_value(L, S, source);
  lua_settop(L, 1);
  return 1;
}

/// Lua gave up for memory: the allocator has noted where and why.
void weir_note_exhaustion(weir_state *S) {
  if (S->fatal) return;
  S->fatal = WEIR_MEMORY;
  switch (S->refusal) {
  case REFUSED_STACK:
    strcpy(S->message, "stack overflow: functions call each other too deeply (limits: block)");
    break;
  case REFUSED_BLOCK:
    snprintf(S->message, sizeof S->message,
             "memory limit passed: one text or table of more than %lld bytes (limits: block)", (long long)S->limits.block);
    break;
  case REFUSED_MEMORY:
    snprintf(S->message, sizeof S->message, "memory limit passed: the plugin may hold %lld bytes (limits: memory)",
             (long long)S->limits.memory);
    break;
  case REFUSED_OUTPUT:
    snprintf(S->message, sizeof S->message, "output limit passed: %lld bytes of texts or log lines (limits: output)",
             (long long)S->limits.output);
    break;
  default: strcpy(S->message, "memory limit passed: the machine has no more");
  }
}

/// What `weir_handler` does, for a thread that ended with an error, whose value is at index 1 of L.
void weir_describe_thread(lua_State *L, weir_state *S, lua_State *thread) {
  const char *source = NULL;
  lua_Debug first;
  if (S->fatal) return;
  S->line = 0;
  S->path[0] = S->traceback[0] = 0;
  describe_frames(thread, S, 0, &source, &first);
  describe_value(L, S, source);
}

/// The status of what lua_pcall gave.
weir_status weir_settle(weir_state *S, int code) {
  if (code == LUA_OK) return S->status = WEIR_OK;
  weir_forget_modules(S->L, S, 0);
  if (code == LUA_ERRMEM) weir_note_exhaustion(S);
  if (code == LUA_ERRERR) weir_note_depth(S->L, S);
  if (S->fatal) {
    lua_Debug about;
    if (!S->path[0] && !describe_function(S->L, S, &about)) strcpy(S->path, S->chunk);
    return S->status = (weir_status)S->fatal;
  }
  if (S->rejecting) {
    S->rejecting = false;
    return S->status = WEIR_REJECTED;
  }
  return S->status = S->status == WEIR_SYNTAX || S->status == WEIR_RESULT ? (weir_status)S->status : WEIR_RUNTIME;
}

/// Runs `body` with one light pointer as its argument. Two light C functions and a pointer are pushed: nothing that allocates.
weir_status weir_protected(weir_state *S, lua_CFunction body, void *request) {
  lua_State *L = S->L;
  if (S->fatal) {
    strcpy(S->message, "the state was given up after a limit");
    return (weir_status)S->fatal;
  }
  lua_settop(L, 0);
  lua_pushcfunction(L, weir_handler);
  lua_pushcfunction(L, body);
  lua_pushlightuserdata(L, request);
  weir_status status = weir_settle(S, lua_pcall(L, 1, 0, 1));
  lua_settop(L, 0);
  return status;
}

weir_failure weir_last_failure(const weir_state *S) {
  return (weir_failure){.status = S->status, .line = S->line, .row = S->failed_row,
                        .message = S->message, .path = S->path, .traceback = S->traceback};
}
