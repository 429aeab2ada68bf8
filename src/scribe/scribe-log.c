#include "scribe-log.h"
#include <glib/gi18n.h>

enum { LINES = 2000 };

struct _ScribeLog {
  GtkBox parent;
  GtkTextBuffer *buffer; /* the view's */
};

G_DEFINE_FINAL_TYPE(ScribeLog, scribe_log, GTK_TYPE_BOX)

void scribe_log_add(ScribeLog *self, const char *format, ...) {
  va_list args;
  va_start(args, format);
  g_autofree char *text = g_strdup_vprintf(format, args);
  va_end(args);
  g_autoptr(GDateTime) now = g_date_time_new_now_local();
  g_autofree char *time = g_date_time_format(now, "%H:%M:%S");
  g_autofree char *valid = g_utf8_make_valid(text, -1);
  g_autofree char *line = g_strdup_printf("%s  %s\n", time, valid);
  GtkTextIter start, end;
  gtk_text_buffer_get_start_iter(self->buffer, &start);
  gtk_text_buffer_insert(self->buffer, &start, line, -1); /* the newest on top */
  if (gtk_text_buffer_get_line_count(self->buffer) > LINES) {
    gtk_text_buffer_get_iter_at_line(self->buffer, &start, LINES);
    gtk_text_buffer_get_end_iter(self->buffer, &end);
    gtk_text_buffer_delete(self->buffer, &start, &end);
  }
}

static void scribe_log_class_init(ScribeLogClass *klass) {
  (void)klass;
}

static void scribe_log_init(ScribeLog *self) {
  GtkWidget *view = gtk_text_view_new(), *scrolled = gtk_scrolled_window_new();
  self->buffer = gtk_text_view_get_buffer(GTK_TEXT_VIEW(view));
  gtk_text_view_set_editable(GTK_TEXT_VIEW(view), FALSE);
  gtk_text_view_set_cursor_visible(GTK_TEXT_VIEW(view), FALSE);
  gtk_text_view_set_wrap_mode(GTK_TEXT_VIEW(view), GTK_WRAP_WORD_CHAR);
  gtk_text_view_set_left_margin(GTK_TEXT_VIEW(view), 10);
  gtk_text_view_set_top_margin(GTK_TEXT_VIEW(view), 6);
  gtk_text_view_set_monospace(GTK_TEXT_VIEW(view), TRUE);
  gtk_widget_add_css_class(view, "log");
  gtk_accessible_update_property(GTK_ACCESSIBLE(view), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Log"), -1);
  gtk_scrolled_window_set_child(GTK_SCROLLED_WINDOW(scrolled), view);
  gtk_scrolled_window_set_min_content_height(GTK_SCROLLED_WINDOW(scrolled), 130);
  gtk_widget_set_hexpand(scrolled, TRUE);
  gtk_box_append(GTK_BOX(self), scrolled);
}
