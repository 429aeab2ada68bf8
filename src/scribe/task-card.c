#include "task-card.h"
#include "../cyto/seg/model-find.h"
#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>

enum { LARGEST_CARD = 1 << 18 }; /* bytes; anything larger is no card */

static void card_free(gpointer data) {
  ScribeCard *card = data;
  g_free(card->name);
  g_free(card->path);
  g_free(card->training);
  g_free(card->scores);
  g_free(card->limits);
  g_free(card->description);
  g_free(card->licence);
  g_free(card->data);
  g_free(card);
}

/* "| filled cells | 0.62 |" becomes "filled cells: 0.62"; the line under a table's head vanishes.
 */
static void add_row(GString *text, const char *row) {
  g_auto(GStrv) cell = g_strsplit(row, "|", -1);
  guint n = g_strv_length(cell), shown = 0;
  if (strspn(row, "|-: \t") == strlen(row))
    return;
  for (guint i = 1; i + 1 < n; i++, shown++)
    g_string_append_printf(text, "%s%s",
                           shown == 0   ? ""
                           : shown == 1 ? ": "
                                        : ", ",
                           g_strstrip(cell[i]));
  g_string_append_c(text, '\n');
}

/* The part of a card under that heading, as plain lines; NULL when it has none. */
static char *section(const char *card, const char *heading) {
  g_auto(GStrv) line = g_strsplit(card, "\n", -1);
  g_autoptr(GString) text = g_string_new(NULL);
  gboolean inside = FALSE;
  for (guint i = 0; line[i]; i++) {
    if (g_str_has_prefix(line[i], "#"))
      inside = strcmp(g_strstrip(line[i]), heading) == 0;
    else if (inside && g_str_has_prefix(line[i], "|"))
      add_row(text, g_strstrip(line[i]));
    else if (inside && *g_strstrip(line[i]))
      g_string_append_printf(
          text, "%s%s", line[i],
          g_str_has_suffix(line[i], ":") || g_str_has_suffix(line[i], ".") ? "\n" : " ");
  }
  g_strchomp(text->str);
  return *text->str ? g_strdup(text->str) : NULL;
}

/* Models of the package have a card in plain words beside them. */
static void read_beside(ScribeCard *card) {
  const char *dot = strrchr(card->path, '.');
  g_autofree char *stem = g_strndup(card->path, dot ? (gsize)(dot - card->path) : 0);
  g_autofree char *path = g_strconcat(stem, ".md", NULL), *text = NULL;
  GStatBuf info;
  if (!dot || g_stat(path, &info) != 0 || info.st_size > LARGEST_CARD ||
      !g_file_get_contents(path, &text, NULL, NULL) || !g_utf8_validate(text, -1, NULL))
    return;
  card->scores = section(text, "## Scores");
  card->limits = section(text, "## Limits");
}

/* Worker's thread. */
static bool run_card(gpointer data, CytoJob *core, CytoError *err) {
  (void)core;
  ScribeCard *card = data;
  CytoModelEntry entry = {0};
  CytoWeights *weights = NULL;
  if (!cyto_model_find(card->name, &entry, err))
    return false;
  bool good = cyto_model_read(&entry, &weights, err);
  if (good) {
    card->description = g_strdup(weights->description);
    card->licence = g_strdup(weights->licence);
    card->data = g_strdup(weights->data);
    card->training = g_strdup(weights->training);
    card->path = g_strdup(entry.path);
    read_beside(card);
    card->diameter =
        weights->diam_labels > 0 ? weights->diam_labels : cyto_model_diam_mean(&entry, weights);
    card->can_estimate = weights->size.n > 0;
  }
  cyto_weights_free(weights);
  cyto_model_entry_clear(&entry);
  return good;
}

ScribeJob *scribe_task_card(const char *model, gpointer owner, ScribeJobFinish finish) {
  ScribeCard *card = g_new0(ScribeCard, 1);
  card->name = g_strdup(model);
  return scribe_job_new("card", owner, run_card, finish, card, card_free);
}

ScribeCard *scribe_task_carded(ScribeJob *job) {
  return scribe_job_get_data(job);
}
