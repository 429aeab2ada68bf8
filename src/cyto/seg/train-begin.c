#include "../base/mem.h"
#include "train-private.h"
#include <string.h>

/* What must stay the same for a run that goes on. */
static char *fingerprint(const CytoTrainRun *run, CytoError *err) {
  const CytoTrain *o = run->options;
  CytoStr out = {0};
  char number[32];
  double sum = 0;
  for (size_t i = 0; i < run->set->count; i++)
    sum += (double)(run->set->image[i].ny * (i + 1)) * run->set->image[i].diameter +
           (double)run->set->image[i].nx;
  cyto_str_printf(&out, "%zu images (%s), %zu test images, crops of %zu, batch %zu, seed %u, %s",
                  run->set->count, cyto_format_double(sum, number),
                  run->test ? run->test->count : 0, o->crop, o->batch_size, o->seed,
                  o->optim.method == CYTO_SGD ? "SGD" : "AdamW");
  if (run->kind != CYTO_NET_CELLPOSE)
    cyto_str_printf(&out, ", %s, Dice %g", cyto_net_name(run->kind), o->dice);
  if (!out.failed)
    return out.text;
  cyto_str_clear(&out);
  cyto_fail(err, CYTO_ERROR_MEMORY, "not enough memory for a checkpoint");
  return NULL;
}

static bool go_on(CytoTrainRun *run, CytoError *err) {
  CYTO_CLEANUP(cyto_weights_drop) CytoWeights *weights = NULL;
  CYTO_CLEANUP(cyto_weights_drop) CytoWeights *moments = NULL;
  CYTO_AUTOFREE char *same = fingerprint(run, err);
  if (!same || !cyto_checkpoint_read(run->options->path, &weights, &moments, &run->state, err))
    return false;
  if (strcmp(same, run->state.same) != 0)
    return cyto_fail(err, CYTO_ERROR_ARGUMENT,
                     "the training of %s cannot go on: it began with %s; now there are %s",
                     run->options->path, run->state.same, same);
  if (run->state.epoch > run->options->n_epochs)
    return cyto_fail(err, CYTO_ERROR_ARGUMENT,
                     "the training of %s has done %zu epochs; --n_epochs counts them from the "
                     "beginning, found %zu",
                     run->options->path, run->state.epoch, run->options->n_epochs);
  run->begun -= run->state.elapsed;
  if (run->state.rows)
    run->result->last = run->state.row[run->state.rows - 1];
  return cyto_trainer_new(weights, &run->options->optim, &run->trainer, err) &&
         cyto_trainer_restore(run->trainer, moments, err);
}

static bool check_memory(const CytoTrainRun *run, CytoError *err) {
  const CytoTrain *o = run->options;
  size_t need = cyto_trainer_memory(run->trainer, o->batch_size, o->crop, o->crop);
  size_t limit = run->job ? run->job->max_memory : 0;
  return limit == 0 || need <= limit ||
         cyto_fail(err, CYTO_ERROR_LIMIT,
                   "a step of %zu crops of %zu × %zu pixels takes %.1f GB of memory, above the "
                   "limit of %.1f GB; make --batch_size or --crop smaller, or raise --max-memory",
                   o->batch_size, o->crop, o->crop, (double)need / 1e9, (double)limit / 1e9);
}

bool cyto_train_check(const CytoWeights *start, const CytoTrain *o, CytoError *err) {
  CytoLayout layout;
  if (!cyto_weights_layout(start, &layout, err))
    return false;
  size_t multiple = (size_t)1 << (layout.levels - 1);
  if (cyto_layout_kind(&layout) == CYTO_NET_OTHER)
    return cyto_fail(err, CYTO_ERROR_UNSUPPORTED, "the network has %zu outputs; training takes %s",
                     layout.nout, layout.basic ? "1 to 3" : "3");
  if (!(start->diam_mean > 0))
    return cyto_fail(err, CYTO_ERROR_ARGUMENT, "the model does not say for which diameter it is");
  if (o->n_epochs == 0 || o->batch_size == 0 || o->validate_every == 0)
    return cyto_fail(err, CYTO_ERROR_ARGUMENT, "no epochs, or no crops in a batch");
  if (o->crop < 2 * multiple || o->crop > 2048 || o->crop % multiple)
    return cyto_fail(err, CYTO_ERROR_ARGUMENT,
                     "the crop (--crop) must be a multiple of %zu from %zu to 2048, found %zu",
                     multiple, 2 * multiple, o->crop);
  return true;
}

static bool check_set(const CytoLayout *layout, const CytoTrainSet *set, CytoError *err) {
  if (set->classes != (layout->basic ? layout->nout : 0))
    return cyto_fail(err, CYTO_ERROR_ARGUMENT,
                     "the images were read for another kind of network than %s",
                     cyto_net_name(cyto_layout_kind(layout)));
  if (set->count == 0)
    return cyto_fail(err, CYTO_ERROR_ARGUMENT, "there are no images to train on");
  for (size_t i = 0; i < set->count; i++)
    if (set->image[i].planes > layout->nbase[0])
      return cyto_fail(err, CYTO_ERROR_ARGUMENT, "%s: %zu channels for a network of %zu",
                       set->image[i].path, set->image[i].planes, layout->nbase[0]);
  return true;
}

bool cyto_train_begin(CytoTrainRun *run, const CytoWeights *start, bool resume, CytoError *err) {
  CytoLayout layout;
  const CytoTrain *o = run->options;
  if (!cyto_train_check(start, o, err) || !cyto_weights_layout(start, &layout, err) ||
      !check_set(&layout, run->set, err))
    return false;
  run->kind = cyto_layout_kind(&layout);
  run->begun = run->saved = cyto_train_clock();
  run->state.best.epoch = SIZE_MAX;
  if (resume) {
    if (!go_on(run, err))
      return false;
  } else if (!(run->state.same = fingerprint(run, err)) ||
             !cyto_trainer_new(start, &o->optim, &run->trainer, err)) {
    return false;
  }
  cyto_trainer_set_dice(run->trainer, o->dice);
  if (!check_memory(run, err) ||
      !cyto_feed_new(run->set, o, layout.nbase[0], start->diam_mean, false, &run->feed, err) ||
      (run->test &&
       !cyto_feed_new(run->test, o, layout.nbase[0], start->diam_mean, true, &run->test_feed, err)))
    return false;
  run->steps = cyto_feed_steps(run->feed);
  /* A place that cannot be written is noticed before the work, not after it. */
  return cyto_train_log_write(o->path, &run->state, err) &&
         (resume || cyto_checkpoint_write(o->path, run->trainer, &run->state, o->note, err));
}
