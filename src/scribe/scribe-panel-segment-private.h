/* The insides of the panel: for the files named scribe-panel-segment*.c alone. */
#pragma once
#include "scribe-advanced.h"
#include "scribe-model-choice.h"
#include "scribe-panel-segment.h"
#include "scribe-policy.h"
#include "scribe-thresholds.h"

struct _ScribePanelSegment {
  GtkBox parent;
  ScribeModelChoice *model;
  GtkDropDown *channel, *nucleus;
  ScribeDiameter *diameter;
  ScribePolicy *policy;
  ScribeThresholds *thresholds;
  ScribeAdvanced *advanced;
  GtkExpander *thresholds_fold, *advanced_fold;
  GtkStack *run_stack;
  GtkProgressBar *progress;
  ScribeDocument *doc;
  ScribeJob *job;
  gulong job_handler;
};
