#include "train.h"
#include "../base/file.h"
#include "../base/mem.h"
#include "train-private.h"
#include <math.h>
#include <stdio.h>

static void run_clear(CytoTrainRun *run) {
  cyto_feed_free(run->feed);
  cyto_feed_free(run->test_feed);
  cyto_trainer_free(run->trainer);
  cyto_train_state_clear(&run->state);
}

static double elapsed(const CytoTrainRun *run) {
  return cyto_train_clock() - run->begun;
}

static double time_limit(const CytoTrainRun *run) {
  return 60 * run->options->time_limit;
}

static bool time_is_up(const CytoTrainRun *run) {
  return time_limit(run) > 0 && elapsed(run) >= time_limit(run);
}

/* 0..1, by steps or by the clock, whichever is further. */
static double progress(const CytoTrainRun *run) {
  double done = (double)run->state.epoch + (double)run->state.step / (double)run->steps;
  double part = done / (double)run->options->n_epochs;
  double timed = time_limit(run) > 0 ? elapsed(run) / time_limit(run) : 0;
  return timed > part ? timed : part;
}

static void report(const CytoTrainRun *run, const char *stage, const CytoTrainRow *row) {
  const CytoTrainState *state = &run->state;
  double part = progress(run), spent = elapsed(run);
  if (!run->options->watch)
    return;
  const CytoTrainNow at = {
      .epoch = state->epoch,
      .epochs = run->options->n_epochs,
      .step = state->step,
      .steps = run->steps,
      .loss = state->seen ? state->loss_sum / (double)state->seen : NAN,
      .elapsed = spent,
      .left = part > 0 && spent > 2 ? spent * (1 - part) / part : -1,
      .stage = stage,
      .row = row,
      .best = state->best.epoch == SIZE_MAX ? NULL : &state->best,
  };
  run->options->watch(run->options->watch_data, &at);
}

/* ---- one epoch ---- */

static bool step(CytoTrainRun *run, CytoError *err) {
  CytoTrainState *state = &run->state;
  CytoBatch batch;
  double loss = NAN, rate = cyto_train_rate(run->options, state->epoch, progress(run));
  if (!cyto_feed_next(run->feed, &batch, err) ||
      !cyto_trainer_step(run->trainer, &batch, rate, &loss, run->job, err))
    return false;
  state->loss_sum += loss * (double)batch.n;
  state->seen += batch.n;
  state->step++;
  report(run, "training", NULL);
  return true;
}

static bool checkpoint_due(const CytoTrainRun *run) {
  return cyto_train_clock() - run->saved >= 60 * run->options->checkpoint_every;
}

/* The rest of the epoch; ends early, without an error, when the time is up. */
static bool steps(CytoTrainRun *run, CytoError *err) {
  CytoTrainState *state = &run->state;
  if (state->step < run->steps &&
      !cyto_feed_begin(run->feed, run->options->seed + (uint32_t)state->epoch, state->step, err))
    return false;
  while (state->step < run->steps && !time_is_up(run)) {
    if (!step(run, err))
      return false;
    if (!checkpoint_due(run))
      continue;
    report(run, "saving", NULL);
    /* A full disk may have room again later; the training itself is not lost. */
    CytoError failed = {0};
    if (!cyto_train_keep(run, &failed))
      cyto_job_warn(run->job, "no checkpoint this time: %s", failed.text);
  }
  return true;
}

static double score_of(const CytoTrainRun *run, const CytoTrainRow *row) {
  return run->kind == CYTO_NET_SEMANTIC ? row->dice : row->ap[0] + row->ap[1] + row->ap[2];
}

/* Scores the epoch; the best so far becomes the model. */
static bool test(CytoTrainRun *run, CytoTrainRow *row, CytoError *err) {
  CytoTrainState *state = &run->state;
  report(run, "testing", NULL);
  if (!cyto_train_score(run->trainer, run->test_feed, run->test, run->options, row, run->job, err))
    return false;
  double gain =
      state->best.epoch == SIZE_MAX ? 1 : score_of(run, row) - score_of(run, &state->best);
  bool better = gain > 0 || (gain == 0 && row->test_loss < state->best.test_loss);
  if (better && !cyto_train_keep_model(run, "", row, err))
    return false;
  if (better)
    state->best = *row;
  return true;
}

static bool test_is_due(const CytoTrainRun *run) {
  size_t epoch = run->state.epoch;
  return run->test && (epoch % run->options->validate_every == 0 || epoch == 5 ||
                       epoch + 1 == run->options->n_epochs || time_is_up(run));
}

static bool save_numbered(CytoTrainRun *run, const CytoTrainRow *row, CytoError *err) {
  const CytoTrain *options = run->options;
  char ending[40];
  if (row->epoch == 0 || !options->save_every || row->epoch % options->save_every != 0)
    return true;
  snprintf(ending, sizeof ending, "_epoch_%04zu", row->epoch);
  return cyto_train_keep_model(run,
                               options->save_each ? ending
                               : run->test        ? "_last"
                                                  : "",
                               row, err);
}

/* The log is not worth the training: what could not be written, a full disk mostly, comes with a
 * later row. */
static void log_row(CytoTrainRun *run, const CytoTrainRow *row) {
  const char *path = run->options->path;
  CytoError failed = {0};
  if (run->log_behind ? cyto_train_log_write(path, &run->state, &failed)
                      : cyto_train_log_add(path, row, &failed)) {
    run->log_behind = false;
    return;
  }
  if (!run->log_said)
    cyto_job_warn(run->job, "%s; training goes on without its log for now", failed.text);
  run->log_behind = run->log_said = true;
}

static bool end_epoch(CytoTrainRun *run, CytoError *err) {
  CytoTrainState *state = &run->state;
  CytoTrainRow row = {.epoch = state->epoch,
                      .rate = cyto_train_rate(run->options, state->epoch, progress(run)),
                      .loss = state->seen ? state->loss_sum / (double)state->seen : NAN,
                      .test_loss = NAN,
                      .ap = {NAN, NAN, NAN},
                      .dice = NAN};
  if (test_is_due(run) && !test(run, &row, err))
    return false;
  row.seconds = elapsed(run);
  if (!cyto_train_state_add(state, &row, err))
    return false;
  run->result->last = row;
  report(run, "training", &row);
  state->epoch++;
  state->step = state->seen = 0;
  state->loss_sum = 0;
  log_row(run, &row);
  return save_numbered(run, &row, err);
}

/* Nothing got better for as long as one is patient. */
static bool is_stuck(const CytoTrainRun *run) {
  const CytoTrainState *state = &run->state;
  size_t patience = run->options->patience;
  return patience > 0 && state->best.epoch != SIZE_MAX &&
         state->epoch > state->best.epoch + patience;
}

static bool epochs(CytoTrainRun *run, CytoError *err) {
  while (run->state.epoch < run->options->n_epochs && !is_stuck(run)) {
    if (!steps(run, err))
      return false;
    /* An epoch cut short by the clock counts if anything was learned in it. */
    if (run->state.seen && !end_epoch(run, err))
      return false;
    if (time_is_up(run))
      break;
  }
  return true;
}

/* ---- the end ---- */

static bool remove_checkpoint(CytoTrainRun *run, CytoError *err) {
  CYTO_AUTOFREE char *path = cyto_train_beside(run->options->path, ".checkpoint", err);
  return path &&
         (remove(path) == 0 || !cyto_path_exists(path) || cyto_fail_errno(err, "remove", path));
}

/* However it went, what was learned is kept. Without an error of its own, `why` tells the end. */
static bool finish(CytoTrainRun *run, bool good, const CytoError *why, CytoError *err) {
  CytoTrained *result = run->result;
  result->early = good && run->state.epoch < run->options->n_epochs && is_stuck(run);
  bool all = run->state.epoch >= run->options->n_epochs || result->early;
  result->end = !good ? why->code == CYTO_ERROR_CANCELLED ? CYTO_TRAIN_STOPPED : CYTO_TRAIN_FAILED
                : all ? CYTO_TRAIN_FINISHED
                      : CYTO_TRAIN_TIME_UP;
  if (!good)
    snprintf(result->reason, sizeof result->reason, "%.500s", why->text);
  report(run, "saving", NULL);
  if (!cyto_train_keep(run, err))
    return false;
  if (run->log_behind) /* for the last time */
    cyto_train_log_write(run->options->path, &run->state, NULL);
  result->has_checkpoint = result->end != CYTO_TRAIN_FINISHED;
  result->best = run->state.best;
  return result->has_checkpoint || remove_checkpoint(run, err);
}

bool cyto_train(const CytoWeights *start, const CytoTrainSet *set, const CytoTrainSet *test,
                const CytoTrain *options, bool resume, CytoTrained *out, CytoJob *job,
                CytoError *err) {
  CytoTrained result = {.best = {.epoch = SIZE_MAX}, .last = {.epoch = SIZE_MAX}};
  CYTO_CLEANUP(run_clear)
  CytoTrainRun run = {.options = options,
                      .set = set,
                      .test = test && test->count ? test : NULL,
                      .result = &result,
                      .job = job};
  CytoError why = {0};
  if (!cyto_train_begin(&run, start, resume, err))
    return false;
  bool good = epochs(&run, &why);
  if (!finish(&run, good, &why, err))
    return false;
  *out = result;
  return true;
}
