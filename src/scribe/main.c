#include "scribe-application.h"
#include <glib/gi18n.h>
#include <locale.h>
#include <signal.h>

/* Translations lie beside the program, moved or not yet installed as it may be; else where it was
 * configured to go. $CYTOSCRIBE_LOCALES overrules. */
static char *locale_folder(void) {
  static const char *const places[] = {"../share/locale", "../../po"};
  g_autofree char *self = g_file_read_link("/proc/self/exe", NULL);
  g_autofree char *folder = g_path_get_dirname(self ? self : ".");
  if (g_getenv("CYTOSCRIBE_LOCALES"))
    return g_strdup(g_getenv("CYTOSCRIBE_LOCALES"));
  for (guint i = 0; i < G_N_ELEMENTS(places); i++) {
    g_autofree char *place = g_build_filename(folder, places[i], NULL);
    g_autofree char *chinese =
        g_build_filename(place, "zh_CN", "LC_MESSAGES", GETTEXT_PACKAGE ".mo", NULL);
    if (g_file_test(chinese, G_FILE_TEST_EXISTS))
      return g_steal_pointer(&place);
  }
  return g_strdup(SCRIBE_LOCALES);
}

int main(int argc, char **argv) {
  g_autofree char *locales = locale_folder();
  /* A closed pipe and a file size limit are errors of a write like any other. */
  signal(SIGPIPE, SIG_IGN);
  signal(SIGXFSZ, SIG_IGN);
  setlocale(LC_ALL, "");
  bindtextdomain(GETTEXT_PACKAGE, locales);
  bind_textdomain_codeset(GETTEXT_PACKAGE, "UTF-8");
  textdomain(GETTEXT_PACKAGE);
  g_autoptr(ScribeApplication) app = scribe_application_new();
  return g_application_run(G_APPLICATION(app), argc, argv);
}
