#include "window.h"
#include "../cyto/base/file.h"
#include "../cyto/base/mem.h"
#include <unistd.h>

static int is_set(const char *name) {
  const char *value = getenv(name);
  return value && *value;
}

void cli_open_window(void) {
  /* installed in one folder; in a build tree each program has its own */
  static const char *const places[] = {"cytoscribe-gui", "../scribe/cytoscribe-gui", NULL};
  if (!is_set("DISPLAY") && !is_set("WAYLAND_DISPLAY"))
    return;
  CYTO_AUTOFREE char *path = cyto_path_beside_program(places, cyto_path_is_program);
  if (path)
    execl(path, path, (char *)NULL); /* comes back only when it cannot be started */
}
