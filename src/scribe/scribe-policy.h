/* What a run does with the cells that are there: a choice, and in a sentence what that means for
 * those of the image that is shown. */
#pragma once
#include "../cyto/doc/edit.h"
#include "scribe-document.h"
#include <gtk/gtk.h>

#define SCRIBE_TYPE_POLICY (scribe_policy_get_type())
G_DECLARE_FINAL_TYPE(ScribePolicy, scribe_policy, SCRIBE, POLICY, GtkBox)

void scribe_policy_set_document(ScribePolicy *policy, ScribeDocument *doc); /* may be NULL */
CytoRunPolicy scribe_policy_get(ScribePolicy *policy);
void scribe_policy_set(ScribePolicy *policy, CytoRunPolicy value);
void scribe_policy_bind(ScribePolicy *policy, GSettings *settings);
