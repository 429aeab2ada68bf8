#include "../cyto/base/file.h"
#include "../cyto/base/mem.h"
#include "scribe-application.h"
#include <glib/gi18n.h>
#include <locale.h>
#include <signal.h>

static bool has_translations(const char *folder) {
  g_autofree char *chinese =
      g_build_filename(folder, "zh_CN", "LC_MESSAGES", GETTEXT_PACKAGE ".mo", NULL);
  return g_file_test(chinese, G_FILE_TEST_EXISTS);
}

/* The canvas composes every pixel itself, so nothing here needs OpenGL, and where that is done in
 * software it alone takes 60 MB. $GSK_RENDERER overrules. */
static void draw_without_gl(void) {
  g_setenv("GSK_RENDERER", "cairo", FALSE);
  if (g_str_equal(g_getenv("GSK_RENDERER"), "cairo"))
    g_setenv("GDK_DEBUG", "gl-disable", FALSE);
}

int main(int argc, char **argv) {
  /* Moved or not yet installed, the program finds its translations beside it; else where it was
   * configured to go. $CYTOSCRIBE_LOCALES overrules. */
  static const char *const places[] = {"../share/locale", "../../po", NULL};
  const char *given = g_getenv("CYTOSCRIBE_LOCALES");
  CYTO_AUTOFREE char *beside = given ? NULL : cyto_path_beside_program(places, has_translations);
  /* A closed pipe and a file size limit are errors of a write like any other. */
  signal(SIGPIPE, SIG_IGN);
  signal(SIGXFSZ, SIG_IGN);
  draw_without_gl();
  setlocale(LC_ALL, "");
  bindtextdomain(GETTEXT_PACKAGE, given ? given : beside ? beside : SCRIBE_LOCALES);
  bind_textdomain_codeset(GETTEXT_PACKAGE, "UTF-8");
  textdomain(GETTEXT_PACKAGE);
  g_autoptr(ScribeApplication) app = scribe_application_new();
  return g_application_run(G_APPLICATION(app), argc, argv);
}
