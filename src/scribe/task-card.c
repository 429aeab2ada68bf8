#include "task-card.h"
#include "../cyto/seg/model-find.h"
#include <glib.h>

static void card_free(gpointer data) {
  ScribeCard *card = data;
  g_free(card->name);
  g_free(card->description);
  g_free(card->licence);
  g_free(card->data);
  g_free(card);
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
