/* Which model: a list of all there are, and the card of the chosen one.
 * Signal: "card-changed" (), it was read. */
#pragma once
#include "scribe-worker.h"
#include <gtk/gtk.h>

#define SCRIBE_TYPE_MODEL_CHOICE (scribe_model_choice_get_type())
G_DECLARE_FINAL_TYPE(ScribeModelChoice, scribe_model_choice, SCRIBE, MODEL_CHOICE, GtkBox)

/* Cards are read there. */
void scribe_model_choice_set_worker(ScribeModelChoice *choice, ScribeWorker *worker);
/* NULL when there is none at all. */
const char *scribe_model_choice_get(ScribeModelChoice *choice);
/* A name in the list, or the path of a file, which joins it. FALSE: no such model. */
gboolean scribe_model_choice_set(ScribeModelChoice *choice, const char *name);
/* Looks for models again and chooses `wanted` (NULL: the one that was) where it is. */
void scribe_model_choice_reload(ScribeModelChoice *choice, const char *wanted);
/* Of the cells it was trained with, pixels; 0 until its card was read. */
double scribe_model_choice_get_diameter(ScribeModelChoice *choice);
/* The card as plain text, for tests; g_free it. */
char *scribe_model_choice_read_card(ScribeModelChoice *choice);
