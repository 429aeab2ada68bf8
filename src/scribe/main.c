#include "scribe-application.h"
#include <glib/gi18n.h>
#include <locale.h>
#include <signal.h>

int main(int argc, char **argv) {
  const char *locales = g_getenv("CYTOSCRIBE_LOCALES");
  /* A closed pipe and a file size limit are errors of a write like any other. */
  signal(SIGPIPE, SIG_IGN);
  signal(SIGXFSZ, SIG_IGN);
  setlocale(LC_ALL, "");
  bindtextdomain(GETTEXT_PACKAGE, locales ? locales : SCRIBE_LOCALES);
  bind_textdomain_codeset(GETTEXT_PACKAGE, "UTF-8");
  textdomain(GETTEXT_PACKAGE);
  g_autoptr(ScribeApplication) app = scribe_application_new();
  return g_application_run(G_APPLICATION(app), argc, argv);
}
