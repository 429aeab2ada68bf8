/* Preloaded into the window while random events are thrown at it: file choosers answer "Cancel" at
 * once, or those events would find their way to the files of whoever runs the test. A failed check of a
 * library is said with the calls that led to it. */
#include <execinfo.h>
#include <gtk/gtk.h>
#include <unistd.h>

static gboolean cancel(gpointer dialog) {
  g_signal_emit_by_name(dialog, "response", GTK_RESPONSE_CANCEL);
  g_object_unref(dialog);
  return G_SOURCE_REMOVE;
}

/* Takes the place of the library's own. */
__attribute__((visibility("default"))) void gtk_native_dialog_show(GtkNativeDialog *self) {
  g_idle_add(cancel, g_object_ref(self));
}

/* Takes the place of GLib's own, and says the same after the calls. */
__attribute__((visibility("default"))) void g_return_if_fail_warning(const char *domain,
                                                                     const char *function,
                                                                     const char *expression) {
  void *calls[40];
  backtrace_symbols_fd(calls, backtrace(calls, G_N_ELEMENTS(calls)), STDERR_FILENO);
  g_log(domain, G_LOG_LEVEL_CRITICAL, "%s: assertion '%s' failed", function, expression);
}
