#include "commands.h"
#include "terminal.h"
#include "train-private.h"
#include "../cyto/base/mem.h"
#include "../cyto/seg/model-find.h"
#include "../cyto/seg/thresholds.h"
#include "../cyto/seg/train-size.h"
#include <math.h>

static bool out_of_memory(CytoError *err) {
  return cyto_fail(err, CYTO_ERROR_MEMORY, "not enough memory for a file name");
}

static bool write_size(const CliTraining *t, CytoSizeModel *size, CytoError *err) {
  CytoWeights *weights = NULL;
  if (!cyto_weights_read(t->path, &weights, err))
    return false;
  cyto_size_model_clear(&weights->size);
  weights->size = *size;
  *size = (CytoSizeModel){0};
  bool good = cyto_weights_write_safetensors(weights, t->path, CYTO_SAVE_F32, err);
  cyto_weights_free(weights);
  return good;
}

/* What it does on the test images, with the model as it is now. */
static bool say_size(CliTraining *t, double correlation, CytoError *err) {
  CytoModel *model = NULL;
  CytoSizeScore score;
  cli_train_watch_hide(&t->watch);
  if (!t->settings->quiet)
    cli_say("size model: correlation %.3f on the training images", correlation);
  if (t->test.count == 0)
    return true;
  if (!cyto_model_open_job(t->path, false, &model, &t->job, err))
    return false;
  bool good = cyto_size_score(model, &t->test, &score, &t->job, err);
  cyto_model_free(model);
  cli_train_watch_hide(&t->watch);
  if (good && score.images == 0 && !t->settings->quiet)
    cli_say("size model: not tested, the test images have no cells");
  else if (good && !t->settings->quiet)
    cli_say("size model on %zu test image%s: correlation %.3f, median error of the first guess "
            "%.1f %%, of the estimate %.1f %%",
            score.images, score.images == 1 ? "" : "s", score.correlation, 100 * score.guess_error,
            100 * score.error);
  return good;
}

bool cli_train_size(CliTraining *t, CytoError *err) {
  CytoModel *model = NULL;
  CytoSizeModel size = {0};
  CytoSizeTrain options = cyto_size_train_defaults();
  double correlation = 0;
  options.seed = t->options.seed;
  if (!cyto_model_open_job(t->path, false, &model, &t->job, err))
    return false;
  bool good = cyto_size_train(model, &t->set, &options, &size, &correlation, &t->job, err) &&
              write_size(t, &size, err);
  cyto_model_free(model);
  cyto_size_model_clear(&size);
  return good && say_size(t, correlation, err);
}

bool cli_train_export(const CliTraining *t, CytoError *err) {
  CytoWeights *weights = NULL;
  CytoStr path = {0}, beside = {0};
  cyto_str_printf(&path, "%s.pth", t->path);
  cyto_str_printf(&beside, "%s.pth_size.npy", t->path);
  CYTO_AUTOFREE char *file = path.text;
  CYTO_AUTOFREE char *size = beside.text;
  if (!file || !size || path.failed || beside.failed)
    return out_of_memory(err);
  bool good = cyto_weights_read(t->path, &weights, err) &&
              cyto_weights_write_torch(weights, file, err) &&
              cyto_thresholds_write_beside(file, weights, err) &&
              (!weights->size.a || cyto_size_model_write(&weights->size, size, err));
  cyto_weights_free(weights);
  return good;
}

int cli_train_conclude(CliTraining *t, const CytoTrained *done) {
  CytoStr out = {0};
  const CytoTrainRow *row = done->best.epoch == SIZE_MAX ? &done->last : &done->best;
  cli_train_watch_hide(&t->watch);
  if (done->end == CYTO_TRAIN_STOPPED)
    cli_say("stopped; to go on: cytoscribe train --resume %s.checkpoint", t->path);
  if (done->end == CYTO_TRAIN_TIME_UP && !t->settings->quiet)
    cli_say("time is up; to go on: cytoscribe train --resume %s.checkpoint --time_limit MINUTES, "
            "counted from the beginning",
            t->path);
  if (done->end == CYTO_TRAIN_FAILED)
    cli_say("cytoscribe: training ended early: %s; the weights before that are kept", done->reason);
  if (done->early && !t->settings->quiet)
    cli_say("ended early: no test was better in %zu epochs", t->options.patience);
  cyto_str_printf(&out, "%s", t->path);
  if (row->epoch != SIZE_MAX)
    cyto_str_printf(&out, "\tepoch %zu of %zu\tloss %.4f", row->epoch + 1, t->options.n_epochs,
                    row->loss);
  if (row->epoch != SIZE_MAX && isfinite(row->test_loss))
    cyto_str_printf(&out, "\ttest loss %.4f\tAP50 %.4f\tAP75 %.4f\tAP90 %.4f", row->test_loss,
                    row->ap[0], row->ap[1], row->ap[2]);
  if (t->kind == CYTO_NET_SEMANTIC && row->epoch != SIZE_MAX && isfinite(row->dice))
    cyto_str_printf(&out, "\tDice %.4f", row->dice);
  cyto_str_add(&out, "\n");
  int printed = t->settings->quiet ? (cyto_str_clear(&out), CLI_DONE) : cmd_print(&out);
  return done->end == CYTO_TRAIN_STOPPED  ? CLI_STOPPED
         : done->end == CYTO_TRAIN_FAILED ? CLI_SOME_FAILED
                                          : printed;
}
