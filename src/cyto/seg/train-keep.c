#include "../base/file.h"
#include "../base/mem.h"
#include "train-private.h"
#include <math.h>
#include <string.h>
#include <time.h>

double cyto_train_clock(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static void add_setting(CytoStr *out, const char *name, double value) {
  char number[32];
  cyto_str_printf(out, ", %s %s", name, cyto_format_double(value, number));
}

/* To four digits behind the point, whatever the locale. */
static void add_score(CytoStr *out, const char *name, double value) {
  char number[32];
  cyto_str_printf(out, "%s %s", name, cyto_format_double(round(1e4 * value) / 1e4, number));
}

/* What the card says of the making and of what came of it. */
static void describe(const CytoTrainRun *run, const CytoTrainRow *row, CytoStr *out) {
  const CytoTrain *o = run->options;
  size_t cells = 0;
  for (size_t i = 0; i < run->set->count; i++)
    cells += run->set->image[i].masks;
  cyto_str_printf(out, "%s%s%zu image%s with %zu cell%s, epoch %zu of %zu, %s, crops of %zu pixels",
                  o->about ? o->about : "", o->about ? "; " : "", run->set->count,
                  run->set->count == 1 ? "" : "s", cells, cells == 1 ? "" : "s", row->epoch + 1,
                  o->n_epochs, o->optim.method == CYTO_SGD ? "SGD" : "AdamW", o->crop);
  if (run->kind != CYTO_NET_CELLPOSE)
    cyto_str_printf(out, ", network %s", cyto_net_name(run->kind));
  if (o->dice > 0)
    add_setting(out, "Dice loss", o->dice);
  add_setting(out, "batch", (double)o->batch_size);
  add_setting(out, "learning rate", o->learning_rate);
  cyto_str_add(out, o->schedule == CYTO_SCHEDULE_COSINE ? " (cosine)" : " (Cellpose's schedule)");
  add_setting(out, "weight decay", o->optim.weight_decay);
  add_setting(out, "seed", o->seed);
  if (o->jitter > 0)
    add_setting(out, "jitter", o->jitter);
  if (o->blur > 0)
    add_setting(out, "blur", o->blur);
  if (o->invert_share > 0)
    add_setting(out, "inverted", o->invert_share);
  if (isfinite(row->loss))
    add_score(out, "; loss", row->loss);
  if (run->test && isfinite(row->ap[0])) {
    cyto_str_printf(out, "; on %zu test image%s", run->test->count,
                    run->test->count == 1 ? "" : "s");
    add_score(out, " loss", row->test_loss);
    add_score(out, ", average precision at IoU 0.5", row->ap[0]);
    add_score(out, ", at 0.75", row->ap[1]);
    add_score(out, ", at 0.9", row->ap[2]);
    if (run->kind == CYTO_NET_SEMANTIC)
      add_score(out, ", Dice", row->dice);
  }
}

bool cyto_train_keep_model(const CytoTrainRun *run, const char *ending, const CytoTrainRow *row,
                           CytoError *err) {
  CYTO_CLEANUP(cyto_weights_drop) CytoWeights *weights = NULL;
  CYTO_CLEANUP(cyto_str_clear) CytoStr text = {0};
  CYTO_AUTOFREE char *path = cyto_train_beside(run->options->path, ending, err);
  describe(run, row, &text);
  if (text.failed)
    return cyto_fail(err, CYTO_ERROR_MEMORY, "not enough memory for the card of the model");
  if (!path || !cyto_trainer_weights(run->trainer, &weights, err) ||
      !cyto_set_text(&weights->name, cyto_path_name(run->options->path), err) ||
      !cyto_set_text(&weights->training, text.text, err))
    return false;
  /* What was said of the model it began from, and its size model, no longer hold. */
  free(cyto_steal(&weights->description));
  free(cyto_steal(&weights->data));
  free(cyto_steal(&weights->licence));
  cyto_size_model_clear(&weights->size);
  double diameter = cyto_train_set_diameter(run->set);
  weights->diam_labels = diameter > 0 ? diameter : weights->diam_mean;
  return cyto_weights_write_safetensors(weights, path, CYTO_SAVE_F32, err);
}

/* Of an epoch that is not over. */
static CytoTrainRow unfinished(const CytoTrainState *state) {
  return (CytoTrainRow){.epoch = state->epoch,
                        .loss = state->seen ? state->loss_sum / (double)state->seen : NAN,
                        .test_loss = NAN,
                        .ap = {NAN, NAN, NAN},
                        .dice = NAN};
}

bool cyto_train_keep(CytoTrainRun *run, CytoError *err) {
  const CytoTrainState *state = &run->state;
  CytoTrainRow row =
      state->step == 0 && state->rows ? state->row[state->rows - 1] : unfinished(state);
  /* Until a test has found better ones the last weights are the model. */
  bool tested = run->test && state->best.epoch != SIZE_MAX;
  double clock = cyto_train_clock();
  run->state.elapsed = clock - run->begun;
  run->saved = clock;
  return cyto_checkpoint_write(run->options->path, run->trainer, state, run->options->note, err) &&
         (!run->test || cyto_train_keep_model(run, "_last", &row, err)) &&
         (tested || cyto_train_keep_model(run, "", &row, err));
}
