#include "task-card.h"
#include "../cyto/seg/model-find.h"
#include <glib/gi18n.h>
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

/* In the user's language where it is known (po/model-cards.py collects the words); the rest as it
 * is. */
static const char *translated(const char *text) {
  return text && *text ? _(text) : text;
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
                           translated(g_strstrip(cell[i])));
  g_string_append_c(text, '\n');
}

static void end_sentence(GString *text, GString *sentence) {
  if (sentence->len)
    g_string_append_printf(text, "%s\n", translated(sentence->str));
  g_string_truncate(sentence, 0);
}

/* The part of a card under that heading, as plain lines; NULL when it has none. */
static char *section(const char *card, const char *heading) {
  g_auto(GStrv) lines = g_strsplit(card, "\n", -1);
  g_autoptr(GString) text = g_string_new(NULL), sentence = g_string_new(NULL);
  gboolean inside = FALSE;
  for (guint i = 0; lines[i]; i++) {
    const char *line = g_strstrip(lines[i]);
    if (!*line || *line == '#' || *line == '|')
      end_sentence(text, sentence);
    if (*line == '#')
      inside = strcmp(line, heading) == 0;
    else if (inside && *line == '|')
      add_row(text, line);
    else if (inside && *line)
      g_string_append_printf(sentence, "%s%s", sentence->len ? " " : "", line);
    if (g_str_has_suffix(line, ":") || g_str_has_suffix(line, "."))
      end_sentence(text, sentence);
  }
  end_sentence(text, sentence);
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

/* What the file says, after the kind of a network that is not the usual one. */
static char *describe(const CytoWeights *weights) {
  static const char *const kinds[] = {
      [CYTO_NET_UNET2] = N_("U-Net with two classes (background, cell)"),
      [CYTO_NET_UNET3] = N_("U-Net with three classes (background, cell, boundary)"),
      [CYTO_NET_SEMANTIC] = N_("Semantic U-Net (cell probability alone)"),
      [CYTO_NET_OTHER] = N_("A network that cannot segment"),
  };
  CytoLayout layout;
  const char *said = translated(weights->description), *kind = NULL;
  if (cyto_weights_layout(weights, &layout, NULL))
    kind = kinds[cyto_layout_kind(&layout)];
  return kind ? g_strdup_printf("%s%s%s", _(kind), said ? ". " : "", said ? said : "")
              : g_strdup(said);
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
    card->description = describe(weights);
    card->licence = g_strdup(weights->licence);
    card->data = g_strdup(translated(weights->data));
    card->training = g_strdup(translated(weights->training));
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
