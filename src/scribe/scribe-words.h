/* The core's codes as sentences in the user's language. */
#pragma once
#include "../cyto/base/error.h"
#include "../cyto/doc/edit.h"
#include "scribe-job.h"
#include <glib.h>

/* Why an edit was refused; static. NULL when there is nothing to say. */
const char *scribe_refusal_text(CytoRefusal refusal);
/* "Delete 12 cells"; g_free it. */
char *scribe_step_text(CytoStepKind kind, guint count);
/* "2 min 5 s"; g_free it. */
char *scribe_duration_text(double seconds);
/* "17.2 px", and "17.2 px · 5.6 µm" where the size of a pixel (µm) is known; g_free it. */
char *scribe_length_text(double pixels, double pixel_size);
/* "Network 12/96 · 20 s left"; g_free it. */
char *scribe_progress_text(ScribeJob *job);
/* Why a candidate is no cell (SCRIBE_REJECTED_…): "too small"; static, NULL for 0. */
const char *scribe_reason_text(guint reason);
/* What went wrong, as one heading without a full stop: "The file cannot be read"; static. */
const char *scribe_error_heading(const CytoError *err);
/* What to do about it, or NULL; static. */
const char *scribe_error_advice(const CytoError *err);
/* What decided the axes of an image (CytoImage.axes_source), as far as it is known here. */
const char *scribe_axes_source_text(const char *source);
